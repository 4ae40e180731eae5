#include "wire/credentials.h"

#include <grpcpp/security/tls_credentials_options.h>

#include "wire/authorities.h"
#include "wire/tls_diagnosis.h"

namespace elect {

Result<std::shared_ptr<grpc::ChannelCredentials>> tls_credentials(const TlsOptions& options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return fail(
        Errc::usage,
        options.key_file.empty() ? "the client certificate needs its key" : "the key needs its client certificate", {},
        Remedy::client_certificate);
  }
  grpc::SslCredentialsOptions pem;
  if (!options.certificate_file.empty()) {
    auto certificate = read_file(options.certificate_file, "certificate");
    if (!certificate) return std::unexpected(certificate.error());
    auto key = read_file(options.key_file, "key");
    if (!key) return std::unexpected(key.error());
    if (auto pair = check_client_certificate(options, *certificate, *key); !pair) return std::unexpected(pair.error());
    pem.pem_cert_chain = *std::move(certificate);
    pem.pem_private_key = *std::move(key);
  }
  if (options.skip_verify) {
    grpc::experimental::TlsChannelCredentialsOptions tls;
    tls.set_verify_server_certs(false);
    tls.set_check_call_host(false);
    tls.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
    if (!pem.pem_cert_chain.empty()) {
      tls.set_certificate_provider(std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
          std::vector{grpc::experimental::IdentityKeyCertPair{pem.pem_private_key, pem.pem_cert_chain}}));
      tls.watch_identity_key_cert_pairs();
    }
    return grpc::experimental::TlsCredentials(tls);
  }
  auto roots = read_authorities(options);
  if (!roots) return std::unexpected(roots.error());
  pem.pem_root_certs = *std::move(roots);
  return grpc::SslCredentials(pem);
}

}  // namespace elect
