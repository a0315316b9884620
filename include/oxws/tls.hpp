// What TLS is configured with. Included by <oxws.hpp>.
#ifndef OXWS_TLS_HPP
#define OXWS_TLS_HPP

#include <cstdint>
#include <string_view>
#include <utility>

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/status.hpp>

namespace oxws {

/// A version of TLS, by its number on the wire.
enum class TlsVersion : std::int32_t {
    None = OXWS_TLS_NONE,  ///< No TLS.
    Tls12 = OXWS_TLS_1_2,  ///< TLS 1.2 (RFC 5246).
    Tls13 = OXWS_TLS_1_3,  ///< TLS 1.3 (RFC 8446).
};

/// What a server does about the certificates of clients.
enum class ClientCertificate : std::int32_t {
    /// It asks for none.
    None = OXWS_CLIENT_CERTIFICATE_NONE,
    /// It asks for one. If there is one it must be good, and without one the connection goes on.
    Optional = OXWS_CLIENT_CERTIFICATE_OPTIONAL,
    /// It refuses clients without one that is good.
    Required = OXWS_CLIENT_CERTIFICATE_REQUIRED,
};

/// Certificates, keys, whom to trust and which rules hold for connections over TLS. `Config::tls` and
/// `Listener::tls` copy it: later changes do not reach what was made with it.
///
/// Files and texts are read and checked when they are given. In a build without TLS everything gives
/// `Error::Unsupported`. Thread: one at a time.
class TlsConfig {
public:
    /// A client trusts the authorities of the system, a server has no certificate yet.
    TlsConfig() : config_(oxws_tls_config_new()) {}
    ~TlsConfig() { oxws_tls_config_free(config_); }
    /// The one that is moved from is empty: everything about it gives `Error::NullArgument`.
    TlsConfig(TlsConfig &&other) noexcept : config_(std::exchange(other.config_, nullptr)) {}
    /// The one that is moved from is empty.
    TlsConfig &operator=(TlsConfig &&other) noexcept {
        if (this != &other) {
            oxws_tls_config_free(config_);
            config_ = std::exchange(other.config_, nullptr);
        }
        return *this;
    }

    /// The TLS config in C, which stays this one's.
    oxws_tls_config *get() const noexcept { return config_; }

    /// Whether a client trusts the authorities of the system; it does by default.
    Status trust_system(bool trusted) {
        return Status(oxws_tls_config_trust_system(config_, trusted ? 1 : 0));
    }
    /// Has a client trust the authorities in a file besides. Errors: `TlsFileUnreadable`,
    /// `TlsBadCertificate`.
    Status add_ca_file(const Text &file) {
        return Status(oxws_tls_config_add_ca_file(config_, file.c_str()));
    }
    /// Has a client trust the authorities in a text besides. Errors: `TlsBadCertificate`.
    Status add_ca_pem(std::string_view pem) {
        return Status(oxws_tls_config_add_ca_pem(config_, pem.data(), pem.size()));
    }
    /// Adds a certificate of this side, with those between it and the authority behind it, and its key. A
    /// server with several shows the one for the name that the client asks for. Errors:
    /// `TlsFileUnreadable`, `TlsBadCertificate`, `TlsBadKey`, `TlsKeyMismatch`.
    Status add_certificate_files(const Text &chain_file, const Text &key_file) {
        return Status(oxws_tls_config_add_certificate_files(config_, chain_file.c_str(),
                                                            key_file.c_str()));
    }
    /// As `add_certificate_files`, of texts.
    Status add_certificate_pem(std::string_view chain, std::string_view key) {
        return Status(oxws_tls_config_add_certificate_pem(config_, chain.data(), chain.size(),
                                                          key.data(), key.size()));
    }
    /// Refuses the certificates that revocation lists in a file name. Errors: `TlsFileUnreadable`,
    /// `TlsBadCertificate`.
    Status add_crl_file(const Text &file) {
        return Status(oxws_tls_config_add_crl_file(config_, file.c_str()));
    }
    /// Refuses the certificates that revocation lists in a text name. Errors: `TlsBadCertificate`.
    Status add_crl_pem(std::string_view pem) {
        return Status(oxws_tls_config_add_crl_pem(config_, pem.data(), pem.size()));
    }
    /// Has a server trust the authorities in a file when they vouch for clients. Errors:
    /// `TlsFileUnreadable`, `TlsBadCertificate`.
    Status add_client_ca_file(const Text &file) {
        return Status(oxws_tls_config_add_client_ca_file(config_, file.c_str()));
    }
    /// Has a server trust the authorities in a text when they vouch for clients. Errors:
    /// `TlsBadCertificate`.
    Status add_client_ca_pem(std::string_view pem) {
        return Status(oxws_tls_config_add_client_ca_pem(config_, pem.data(), pem.size()));
    }
    /// What a server does about the certificates of clients; by default it asks for none.
    Status client_certificates(ClientCertificate wanted) {
        return Status(
            oxws_tls_config_client_certificates(config_, static_cast<std::int32_t>(wanted)));
    }
    /// The name or IP address that the server's certificate must be for, in place of the host of the URL;
    /// `nullptr` for that again. Errors: `InvalidArgument`.
    Status server_name(const Text &name) {
        return Status(oxws_tls_config_server_name(config_, name.c_str()));
    }
    /// Refuses servers whose key is none of those that were added so: the SHA-256 of its
    /// SubjectPublicKeyInfo in Base64. All other checks remain. Errors: `InvalidArgument`.
    Status add_pin(const Text &pin) { return Status(oxws_tls_config_add_pin(config_, pin.c_str())); }
    /// The oldest version that is spoken; `TlsVersion::Tls12`.
    Status min_version(TlsVersion version) {
        return Status(oxws_tls_config_min_version(config_, static_cast<std::int32_t>(version)));
    }
    /// Whether sessions are resumed; they are by default.
    Status resumption(bool enabled) {
        return Status(oxws_tls_config_resumption(config_, enabled ? 1 : 0));
    }
    /// Appends the secrets of every session to a file, for programs that show what passes; `nullptr` for
    /// none. Errors: `TlsFileUnreadable`.
    Status key_log_file(const Text &file) {
        return Status(oxws_tls_config_key_log_file(config_, file.c_str()));
    }
    /// Whether a client accepts whatever certificate it is shown: whoever is on the way can then read and
    /// change everything. Pins are checked nevertheless.
    Status dangerous_accept_any_certificate(bool accepted) {
        return Status(
            oxws_tls_config_dangerous_accept_any_certificate(config_, accepted ? 1 : 0));
    }

private:
    oxws_tls_config *config_;
};

} // namespace oxws

#endif
