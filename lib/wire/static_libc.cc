// What a statically linked program must not call. The C library's name service and its loader take in the machine's own
// shared objects at run time, and fail or crash where these are of another version. The linker (--wrap) has every
// call of grpc, OpenSSL and c-ares come here, so that the C library's own is not even in the program. Names are looked
// up by c-ares.
//
// Who calls them, and why the answer "no" does no harm:
// - getaddrinfo: grpc's other resolver, chosen by GRPC_DNS_RESOLVER=native alone, which grpc does not get to see here.
//   And OpenSSL's BIO_lookup, for connections that OpenSSL makes itself: we make ours.
// - getnameinfo: OpenSSL's BIO_ADDR functions, for connections of its own, too.
// - gethostbyname: OpenSSL's BIO_gethostbyname, which nothing calls.
// - getservbyname, getservbyname_r, getservbyport_r: c-ares, for services that are not a number. Our ports are numbers.
// - iconv_open: the C++ library, for locales that have a name. This program sets none.
// - dlopen: OpenSSL, for engines and providers that its configuration file names. They need a shared libcrypto.
//
// One call more comes here: c-ares opens /etc/hosts by fopen. Where there is none, c-ares 1.18 asks DNS for localhost,
// which seldom knows. So it gets to read what every such file begins with.
#include <iconv.h>
#include <netdb.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// NOLINTBEGIN(bugprone-reserved-identifier, performance-no-int-to-ptr): the linker and iconv want it so.
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
