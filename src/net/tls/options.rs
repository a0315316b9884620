//! What a program wants of TLS, checked when it is said, and made into configurations when they are
//! first used.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::{ResolvesClientCert, Resumption};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::{NoServerSessionStorage, ServerSessionMemoryCache, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ServerConfig, SupportedProtocolVersion};

use super::chooser::Chooser;
use super::identity::Identity;
use super::key_log::KeyLogFile;
use super::provider::{provider, ticketer};
use super::terms::{ClientCertificates, TlsVersion};
use super::trust::{Trust, is_usable_authority};
use super::{ClientTls, ServerTls, pem, pin};
use crate::protocol::error::ErrorCode;

/// The protocol above TLS, as it is named in its handshake (RFC 7301).
const HTTP_1_1: &[u8] = b"http/1.1";
/// How many sessions a side remembers to resume them.
const REMEMBERED_SESSIONS: usize = 1024;

static FROM_TLS12: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];
static FROM_TLS13: &[&SupportedProtocolVersion] = &[&TLS13];

/// Certificates, keys and rules of one side or of both.
#[derive(Clone, Default)]
pub struct TlsOptions {
    settings: Settings,
    /// What was made of the settings; copies share it until one of them is changed.
    made: Arc<Made>,
}

#[derive(Clone)]
struct Settings {
    trust: Trust,
    identities: Vec<Arc<Identity>>,
    client_authorities: Vec<CertificateDer<'static>>,
    client_certificates: ClientCertificates,
    server_name: Option<ServerName<'static>>,
    oldest_version: TlsVersion,
    resumes: bool,
    key_log: Option<Arc<KeyLogFile>>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            trust: Trust::default(),
            identities: Vec::new(),
            client_authorities: Vec::new(),
            client_certificates: ClientCertificates::None,
            server_name: None,
            oldest_version: TlsVersion::Tls12,
            resumes: true,
            key_log: None,
        }
    }
}

#[derive(Default)]
struct Made {
    client: Mutex<Option<ClientTls>>,
    server: Mutex<Option<ServerTls>>,
}

impl TlsOptions {
    /// Whether the authorities of the system are trusted; they are by default.
    ///
    /// # Errors
    ///
    /// `Unsupported` in a build without TLS, as from all of these.
    pub fn trust_system(&mut self, trusts: bool) -> Result<(), ErrorCode> {
        self.change().trust.system = trusts;
        Ok(())
    }

    /// Trusts the authorities of a text (PEM, or one in DER), besides those of the system unless these
    /// are switched off. Of several, those that cannot be used are passed over.
    ///
    /// # Errors
    ///
    /// `TlsBadCertificate` if there is none.
    pub fn add_authorities(&mut self, text: &[u8]) -> Result<(), ErrorCode> {
        let authorities = usable_authorities(text)?;
        self.change().trust.authorities.extend(authorities);
        Ok(())
    }

    /// As `add_authorities`, of a file.
    ///
    /// # Errors
    ///
    /// `TlsFileUnreadable`, `TlsBadCertificate`.
    pub fn add_authorities_of(&mut self, file: &Path) -> Result<(), ErrorCode> {
        self.add_authorities(&pem::read_file(file)?)
    }

    /// Adds a certificate, with those that lead to its authority after it, and its key. A server shows
    /// the one that has the name which the client asks for, otherwise the first; a client the first.
    ///
    /// # Errors
    ///
    /// `TlsBadCertificate`, `TlsBadKey`, `TlsKeyMismatch`.
    pub fn add_certificate(&mut self, chain: &[u8], key: &[u8]) -> Result<(), ErrorCode> {
        let identity = Identity::read(chain, key)?;
        self.change().identities.push(Arc::new(identity));
        Ok(())
    }

    /// As `add_certificate`, of files.
    ///
    /// # Errors
    ///
    /// `TlsFileUnreadable`, and those of `add_certificate`.
    pub fn add_certificate_of(&mut self, chain: &Path, key: &Path) -> Result<(), ErrorCode> {
        self.add_certificate(&pem::read_file(chain)?, &pem::read_file(key)?)
    }

    /// Refuses the certificates that the revocation lists of a text name.
    ///
    /// # Errors
    ///
    /// `TlsBadCertificate` if there is no list, or one that cannot be read.
    pub fn add_revocation_lists(&mut self, text: &[u8]) -> Result<(), ErrorCode> {
        let lists = pem::revocation_lists(text)?;
        self.change().trust.revoked.extend(lists);
        Ok(())
    }

    /// As `add_revocation_lists`, of a file.
    ///
    /// # Errors
    ///
    /// `TlsFileUnreadable`, `TlsBadCertificate`.
    pub fn add_revocation_lists_of(&mut self, file: &Path) -> Result<(), ErrorCode> {
        self.add_revocation_lists(&pem::read_file(file)?)
    }

    /// Adds authorities that vouch for clients; those of the system never do.
    ///
    /// # Errors
    ///
    /// `TlsBadCertificate` if the text has none.
    pub fn add_client_authorities(&mut self, text: &[u8]) -> Result<(), ErrorCode> {
        let authorities = usable_authorities(text)?;
        self.change().client_authorities.extend(authorities);
        Ok(())
    }

    /// As `add_client_authorities`, of a file.
    ///
    /// # Errors
    ///
    /// `TlsFileUnreadable`, `TlsBadCertificate`.
    pub fn add_client_authorities_of(&mut self, file: &Path) -> Result<(), ErrorCode> {
        self.add_client_authorities(&pem::read_file(file)?)
    }

    /// What a server does about the certificates of clients; by default it asks for none.
    ///
    /// # Errors
    ///
    /// See `trust_system`.
    pub fn client_certificates(&mut self, wanted: ClientCertificates) -> Result<(), ErrorCode> {
        self.change().client_certificates = wanted;
        Ok(())
    }

    /// The name or address that a server's certificate must have, in place of that in the URL; `None`
    /// for that.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for what no certificate can name.
    pub fn server_name(&mut self, name: Option<&str>) -> Result<(), ErrorCode> {
        let name = name.map(super::server_name).transpose();
        self.change().server_name = name.map_err(|_| ErrorCode::InvalidArgument)?;
        Ok(())
    }

    /// Refuses servers whose key is none of those that were added so: the SHA-256 of its
    /// SubjectPublicKeyInfo in Base64. The other checks remain.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`.
    pub fn add_pin(&mut self, pin: &str) -> Result<(), ErrorCode> {
        let pin = pin::read(pin)?;
        self.change().trust.pins.push(pin);
        Ok(())
    }

    /// The oldest version that is spoken; TLS 1.2 by default.
    ///
    /// # Errors
    ///
    /// See `trust_system`.
    pub fn oldest_version(&mut self, version: TlsVersion) -> Result<(), ErrorCode> {
        self.change().oldest_version = version;
        Ok(())
    }

    /// Whether sessions are resumed, which spares the peers a part of the handshake; they are by default.
    ///
    /// # Errors
    ///
    /// See `trust_system`.
    pub fn resumption(&mut self, resumes: bool) -> Result<(), ErrorCode> {
        self.change().resumes = resumes;
        Ok(())
    }

    /// Writes the secrets of sessions to a file; `None` writes none, which is the default.
    ///
    /// # Errors
    ///
    /// `TlsFileUnreadable` if it cannot be opened or made.
    pub fn key_log(&mut self, file: Option<&Path>) -> Result<(), ErrorCode> {
        let log = file.map(KeyLogFile::open).transpose()?;
        self.change().key_log = log.map(Arc::new);
        Ok(())
    }

    /// Whether a client believes whoever answers; pins are checked nevertheless.
    ///
    /// # Errors
    ///
    /// See `trust_system`.
    pub fn accept_any_certificate(&mut self, accepts: bool) -> Result<(), ErrorCode> {
        self.change().trust.accepts_any = accepts;
        Ok(())
    }

    /// What a client needs. The system's list of authorities is read here, the first time.
    ///
    /// # Errors
    ///
    /// `TlsNotConfigured` if no authority is trusted.
    pub fn client(&self) -> Result<ClientTls, ErrorCode> {
        kept(&self.made.client, || self.settings.client())
    }

    /// What a server needs.
    ///
    /// # Errors
    ///
    /// `TlsNotConfigured` without a certificate, or without an authority for those of clients.
    pub fn server(&self) -> Result<ServerTls, ErrorCode> {
        kept(&self.made.server, || self.settings.server())
    }

    fn change(&mut self) -> &mut Settings {
        self.made = Arc::default();
        &mut self.settings
    }
}

impl fmt::Debug for TlsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsOptions").finish_non_exhaustive()
    }
}

/// What was made before, or is made now.
fn kept<T: Clone>(
    place: &Mutex<Option<T>>,
    make: impl FnOnce() -> Result<T, ErrorCode>,
) -> Result<T, ErrorCode> {
    let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(made) = &*place {
        return Ok(made.clone());
    }
    let made = make()?;
    *place = Some(made.clone());
    Ok(made)
}

fn usable_authorities(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, ErrorCode> {
    let mut authorities = pem::certificates(text)?;
    authorities.retain(is_usable_authority);
    if authorities.is_empty() { Err(ErrorCode::TlsBadCertificate) } else { Ok(authorities) }
}

impl Settings {
    fn client(&self) -> Result<ClientTls, ErrorCode> {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(self.versions())
            .map_err(|_| ErrorCode::TlsNotConfigured)?
            .dangerous()
            .with_custom_certificate_verifier(self.trust.of_servers()?);
        let mut config = match self.identities.first() {
            Some(identity) => builder.with_client_cert_resolver(single(identity.certified_key())),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![HTTP_1_1.to_vec()];
        config.resumption = match self.resumes {
            true => Resumption::in_memory_sessions(REMEMBERED_SESSIONS),
            false => Resumption::disabled(),
        };
        if let Some(log) = &self.key_log {
            config.key_log = Arc::clone(log) as _;
        }
        Ok(ClientTls { config: Arc::new(config), server_name: self.server_name.clone() })
    }

    fn server(&self) -> Result<ServerTls, ErrorCode> {
        if self.identities.is_empty() {
            return Err(ErrorCode::TlsNotConfigured);
        }
        let clients = match self.client_certificates {
            ClientCertificates::None => WebPkiClientVerifier::no_client_auth(),
            wanted => {
                let is_required = wanted == ClientCertificates::Required;
                self.trust.of_clients(&self.client_authorities, is_required)?
            }
        };
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(self.versions())
            .map_err(|_| ErrorCode::TlsNotConfigured)?
            .with_client_cert_verifier(clients)
            .with_cert_resolver(Arc::new(Chooser::new(self.identities.clone())));
        config.alpn_protocols = vec![HTTP_1_1.to_vec()];
        if self.resumes {
            config.session_storage = ServerSessionMemoryCache::new(REMEMBERED_SESSIONS);
            config.ticketer = ticketer().map_err(|_| ErrorCode::SystemCallFailed)?;
        } else {
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
        if let Some(log) = &self.key_log {
            config.key_log = Arc::clone(log) as _;
        }
        Ok(ServerTls { config: Arc::new(config) })
    }

    fn versions(&self) -> &'static [&'static SupportedProtocolVersion] {
        match self.oldest_version {
            TlsVersion::Tls12 => FROM_TLS12,
            TlsVersion::Tls13 => FROM_TLS13,
        }
    }
}

fn single(key: &Arc<CertifiedKey>) -> Arc<dyn ResolvesClientCert> {
    Arc::new(SingleCertAndKey::from(CertifiedKey::clone(key)))
}
