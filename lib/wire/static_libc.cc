// Functions that a statically linked program must not call. The C library's name service and its loader load the
// machine's shared objects at run time. They fail or crash if these have another version. The linker (--wrap) redirects
// every call from grpc, OpenSSL and c-ares to this file. So the C library's own functions are not even in the program.
// c-ares looks names up.
//
// Who calls them, and why a failure does no harm:
// - getaddrinfo: grpc's other resolver. Only GRPC_DNS_RESOLVER=native selects it, and grpc does not see that variable
//   here. Also OpenSSL's BIO_lookup, for connections that OpenSSL makes itself. We make our own.
// - getnameinfo: OpenSSL's BIO_ADDR functions, also for OpenSSL's own connections.
// - gethostbyname: OpenSSL's BIO_gethostbyname. Nothing calls it.
// - getservbyname, getservbyname_r, getservbyport_r: c-ares, for services that are not a number. Our ports are numbers.
// - iconv_open, setlocale: the C++ library, for locales that have a name. This program sets none.
// - dlopen: OpenSSL, for engines and providers that its configuration file names. They need a shared libcrypto.
//
// One more call is redirected: c-ares opens /etc/hosts with fopen. If that file is missing, c-ares 1.18 asks DNS for
// localhost, and DNS seldom knows it. So c-ares reads the usual first lines of such a file instead.
#include <iconv.h>
#include <netdb.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// NOLINTBEGIN(bugprone-reserved-identifier, performance-no-int-to-ptr): the linker and iconv require these.
extern "C" {

int __wrap_getaddrinfo(const char* /*host*/, const char* /*service*/, const addrinfo* /*hints*/,
                       addrinfo** /*result*/) {
  return EAI_FAIL;
}
int __wrap_getnameinfo(const sockaddr* /*address*/, socklen_t /*size*/, char* /*host*/, socklen_t /*host_size*/,
                       char* /*service*/, socklen_t /*service_size*/, int /*flags*/) {
  return EAI_FAIL;
}
void __wrap_freeaddrinfo(addrinfo* /*result*/) {}
hostent* __wrap_gethostbyname(const char* /*host*/) {
  h_errno = NO_RECOVERY;
  return nullptr;
}
servent* __wrap_getservbyname(const char* /*name*/, const char* /*protocol*/) { return nullptr; }
int __wrap_getservbyname_r(const char* /*name*/, const char* /*protocol*/, servent* /*buffer*/, char* /*strings*/,
                           size_t /*size*/, servent** result) {
  *result = nullptr;
  return ENOENT;
}
int __wrap_getservbyport_r(int /*port*/, const char* /*protocol*/, servent* /*buffer*/, char* /*strings*/,
                           size_t /*size*/, servent** result) {
  *result = nullptr;
  return ENOENT;
}
iconv_t __wrap_iconv_open(const char* /*to*/, const char* /*from*/) {
  errno = EINVAL;
  return reinterpret_cast<iconv_t>(-1);
}
char* __wrap_setlocale(int /*category*/, const char* /*locale*/) { return nullptr; }
FILE* __real_fopen(const char* path, const char* mode);
FILE* __wrap_fopen(const char* path, const char* mode) {
  FILE* file = __real_fopen(path, mode);
  if (file != nullptr || errno != ENOENT || std::strcmp(path, "/etc/hosts") != 0) return file;
  static char hosts[] = "127.0.0.1 localhost\n::1 localhost\n";
  return fmemopen(hosts, sizeof hosts - 1, "r");
}
char* __real_secure_getenv(const char* name);
char* __wrap_secure_getenv(const char* name) {
  return std::strcmp(name, "GRPC_DNS_RESOLVER") == 0 ? nullptr : __real_secure_getenv(name);
}
void* __wrap_dlopen(const char* /*file*/, int /*mode*/) { return nullptr; }

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier, performance-no-int-to-ptr)
