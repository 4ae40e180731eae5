#include "wire/tls_diagnosis.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include "elect/text.h"
#include "wire/authorities.h"
#include "wire/resolver.h"

namespace elect {
namespace {

using namespace std::chrono_literals;

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPointer = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using CertificatePointer = std::unique_ptr<X509, Freed<X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using ContextPointer = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;
using SslPointer = std::unique_ptr<SSL, Freed<SSL_free>>;

BioPointer reader_of(const std::string& text) {
  return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

CertificatePointer first_certificate(const std::string& pem) {
  return CertificatePointer(PEM_read_bio_X509(reader_of(pem).get(), nullptr, nullptr, nullptr));
}

// Trusts the certificates in `pem` as CAs.
void trust(SSL_CTX* context, const std::string& pem) {
  const BioPointer reader = reader_of(pem);
  for (;;) {
    const CertificatePointer certificate(PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr));
    if (!certificate) return;
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get());
  }
}

// What `write` writes to a memory BIO.
template <typename Write>
std::string text_by(Write write) {
  const BioPointer memory(BIO_new(BIO_s_mem()));
  write(memory.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string text_of(const ASN1_TIME* time) {
  return text_by([&](BIO* bio) { ASN1_TIME_print(bio, time); });
}

std::string text_of(const X509_NAME* name) {
  return printable(text_by([&](BIO* bio) { X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE); }));
}

// The names in a certificate.
std::string names_in(X509* certificate) {
  std::string names;
  const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> alternatives(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives.get()); ++i) {
    const std::string name =
        text_by([&](BIO* bio) { GENERAL_NAME_print(bio, sk_GENERAL_NAME_value(alternatives.get(), i)); });
    names += (names.empty() ? "" : ", ") + name.substr(name.find(':') + 1);
  }
  return names.empty() ? text_of(X509_get_subject_name(certificate)) : printable(names);
}

Diagnosis why_refused(X509* certificate, long verdict, const std::string& host) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED: {
      const ASN1_TIME* end = X509_get0_notAfter(certificate);
      if (X509_cmp_current_time(end) > 0)
        return {"the server's certificate was issued by a CA whose own certificate has expired: renew that"};
      return {
          fmt::format("the server's certificate expired on {}: renew it, or check this host's clock", text_of(end))};
    }
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {fmt::format("the server's certificate is not valid before {}: check this host's clock",
                          text_of(X509_get0_notBefore(certificate)))};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {fmt::format(
          "the server's certificate is for {}, not for {}: connect by a name in it, or have one issued for this name",
          names_in(certificate), printable(host))};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return {fmt::format("the server's certificate was issued by an unknown CA ({})",
                          text_of(X509_get_issuer_name(certificate))),
              Remedy::ca_file};
    default:
      return {fmt::format("the server's certificate is refused: {}", X509_verify_cert_error_string(verdict))};
  }
}

// `demanded`: the server asked for a client certificate, and we had none.
Diagnosis why_ended(int reason, bool demanded) {
  constexpr int alert = SSL_AD_REASON_OFFSET;
  switch (reason) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case alert + SSL_AD_PROTOCOL_VERSION:
      return {"the server does not support TLS 1.2 or newer: update it, or see its --tls-min-version"};
    case SSL_R_WRONG_VERSION_NUMBER:
      return {"the server does not use TLS: write http://, or start it with --cert-file and --key-file"};
    case alert + SSL_AD_HANDSHAKE_FAILURE:
    case alert + SSL_AD_BAD_CERTIFICATE:
    case alert + SSL_AD_UNSUPPORTED_CERTIFICATE:
    case alert + SSL_AD_CERTIFICATE_REVOKED:
    case alert + SSL_AD_CERTIFICATE_EXPIRED:
    case alert + SSL_AD_CERTIFICATE_UNKNOWN:
    case alert + SSL_AD_UNKNOWN_CA:
    case alert + SSL_AD_ACCESS_DENIED:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      if (demanded) return {"the server demands a client certificate", Remedy::client_certificate};
      if (reason == alert + SSL_AD_HANDSHAKE_FAILURE) return {"the server and this client have no cipher in common"};
      return {fmt::format("the server does not accept the client certificate ({})",
                          SSL_alert_desc_string_long(reason - alert)),
              Remedy::client_certificate};
    default:
      return {};
  }
}

// One handshake with one endpoint.
class Handshake {
 public:
  // `address`: host:port.
  Handshake(const std::string& address, BootTime deadline) : deadline_(deadline) {
    const auto colon = address.rfind(':');
    host_ = address.substr(0, colon);
    port_ = address.substr(colon + 1);
    if (host_.starts_with('[')) host_ = host_.substr(1, host_.size() - 2);
  }

  // Connects. False: the network is at fault, not TLS.
  [[nodiscard]] bool connects() {
    const auto resolver = Resolver::open();
    if (!resolver) return false;
    const auto addresses = (*resolver)->addresses(host_, port_, deadline_);
    return std::ranges::any_of(addresses, [this](const auto& address) { return connects_to(address); });
  }

  // Whether the server uses TLS, even if it refuses us.
  [[nodiscard]] bool server_speaks_tls() {
    const ContextPointer context(SSL_CTX_new(TLS_client_method()));
    begin(context.get());
    return shake_hands() == 0 || SSL_get0_peer_certificate(ssl_.get()) != nullptr;
  }

  [[nodiscard]] Diagnosis why_it_fails(const TlsOptions& options) {
    const ContextPointer context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    trust(context.get(), read_authorities(options).value_or(""));
    bool demanded = false;
    if (options.certificate_file.empty()) {
      SSL_CTX_set_client_cert_cb(context.get(), [](SSL* ssl, X509**, EVP_PKEY**) {
        *static_cast<bool*>(SSL_get_app_data(ssl)) = true;
        return 0;
      });
    } else {
      SSL_CTX_use_certificate_chain_file(context.get(), options.certificate_file.c_str());
      SSL_CTX_use_PrivateKey_file(context.get(), options.key_file.c_str(), SSL_FILETYPE_PEM);
    }
    if (!options.server_name.empty()) host_ = options.server_name;
    begin(context.get());
    SSL_set_app_data(ssl_.get(), &demanded);
    int reason = shake_hands();
    X509* certificate = SSL_get0_peer_certificate(ssl_.get());
    const long verdict = SSL_get_verify_result(ssl_.get());
    if (certificate != nullptr && verdict != X509_V_OK && !options.skip_verify) {
      return why_refused(certificate, verdict, host_);
    }
    if (reason == kClosed && certificate == nullptr) {
      return {"the server closed the connection when TLS began: if it does not use TLS, write http://"};
    }
    if (reason == 0) {
      const unsigned char* protocol = nullptr;
      unsigned size = 0;
      SSL_get0_alpn_selected(ssl_.get(), &protocol, &size);
      if (size == 0) return {"the server is not an etcd: it uses TLS without HTTP/2", Remedy::endpoints};
      // In TLS 1.3 the server checks our certificate after the handshake is done on our side.
      char byte = 0;
      reason = until_done([&] { return SSL_read(ssl_.get(), &byte, 1); });
    }
    return why_ended(reason, demanded);
  }

 private:
  [[nodiscard]] bool connects_to(const SocketAddress& address) {
    const int made = socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0) return false;
    connection_.reset(BIO_new_socket(made, BIO_CLOSE));
    const auto* bytes = reinterpret_cast<const sockaddr*>(&address.bytes);
    if (connect(made, bytes, address.size) == 0) return true;
    if (errno != EINPROGRESS || !wait(POLLOUT)) return false;
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(made, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
  }

  void begin(SSL_CTX* context) {
    static constexpr unsigned char kHttp2[] = {2, 'h', '2'};
    ssl_.reset(SSL_new(context));
    BIO* connection = connection_.release();
    SSL_set_bio(ssl_.get(), connection, connection);
    SSL_set_alpn_protos(ssl_.get(), kHttp2, sizeof kHttp2);
    unsigned char address[sizeof(in6_addr)];
    if (inet_pton(AF_INET, host_.c_str(), address) == 1 || inet_pton(AF_INET6, host_.c_str(), address) == 1) {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host_.c_str());
    } else {
      SSL_set1_host(ssl_.get(), host_.c_str());
      SSL_set_tlsext_host_name(ssl_.get(), host_.c_str());
    }
    // Notes the result of the check and continues the handshake, to see the server's next answer, too.
    SSL_set_verify(ssl_.get(), SSL_VERIFY_NONE, nullptr);
  }

  int shake_hands() {
    return until_done([this] { return SSL_connect(ssl_.get()); });
  }

  // 0: done. Otherwise OpenSSL's reason, or one of these two.
  static constexpr int kClosed = -1;
  static constexpr int kNoReason = -2;
  template <typename Step>
  int until_done(Step step) {
    for (;;) {
      ERR_clear_error();
      const int result = step();
      if (result > 0) return 0;
      const int error = SSL_get_error(ssl_.get(), result);
      const bool reads = error == SSL_ERROR_WANT_READ;
      if (!reads && error != SSL_ERROR_WANT_WRITE) {
        const int reason = ERR_GET_REASON(ERR_peek_last_error());
        if (error == SSL_ERROR_SYSCALL || reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) return kClosed;
        return reason == 0 ? kNoReason : reason;
      }
      if (!wait(reads ? POLLIN : POLLOUT)) return kNoReason;
    }
  }

  [[nodiscard]] bool wait(short events) const {
    BIO* connection = ssl_ ? SSL_get_rbio(ssl_.get()) : connection_.get();
    int socket = -1;
    BIO_get_fd(connection, &socket);
    pollfd watched{socket, events, 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - BootClock::now());
    return socket >= 0 && left > 0ms && poll(&watched, 1, static_cast<int>(std::min(left, 3600'000ms).count())) > 0;
  }

  std::string host_;
  std::string port_;
  BootTime deadline_;
  BioPointer connection_;  // Until the handshake starts. Then ssl_ owns it.
  SslPointer ssl_;
};

std::unexpected<Error> useless(std::string_view what, const std::string& file, std::string_view why) {
  return fail(Errc::system, fmt::format("the {} file '{}' {}", what, printable(file), why));
}

}  // namespace

Result<void> check_client_certificate(const TlsOptions& options, const std::string& certificate,
                                      const std::string& key) {
  const auto parsed = first_certificate(certificate);
  if (!parsed) return useless("certificate", options.certificate_file, "contains no certificate in PEM");
  // Without this, OpenSSL would ask for a passphrase on the terminal.
  const auto no_passphrase = [](char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
  };
  bool asked = false;
  const KeyPointer parsed_key(PEM_read_bio_PrivateKey(reader_of(key).get(), nullptr, no_passphrase, &asked));
  if (asked) return useless("key", options.key_file, "has a passphrase: remove it with openssl pkey");
  if (!parsed_key) return useless("key", options.key_file, "contains no private key in PEM");
  if (X509_check_private_key(parsed.get(), parsed_key.get()) != 1) {
    return useless("key", options.key_file,
                   fmt::format("is not the key of the certificate '{}'", printable(options.certificate_file)));
  }
  return {};
}

Result<void> check_authorities(const std::string& file, const std::string& content) {
  if (!first_certificate(content)) return useless("CA", file, "contains no certificate in PEM");
  return {};
}

Diagnosis why_tls_fails(const std::string& target, bool secure, const TlsOptions& options, BootTime deadline) {
  constexpr std::string_view tcp = "dns:///";
  if (!target.starts_with(tcp)) return {};
  Handshake handshake(target.substr(tcp.size()), deadline);
  if (!handshake.connects()) return {};
  if (secure) return handshake.why_it_fails(options);
  return handshake.server_speaks_tls() ? Diagnosis{"the server uses TLS: write https://"} : Diagnosis{};
}

}  // namespace elect
