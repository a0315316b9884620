//! TLS: what a side is configured with, and the sessions that follow from it.
//!
//! Certificates, keys and rules are read and checked here (`options`), and become configurations of
//! rustls when the first connection wants one. Of sockets only `stream` knows.

pub mod certificate;
mod chooser;
mod failure;
mod identity;
mod key_log;
pub mod options;
mod pem;
mod pin;
mod provider;
pub(crate) mod session;
pub(in crate::net) mod stream;
mod system;
mod terms;
#[cfg(test)]
mod tests;
mod trust;

use std::fmt;
use std::sync::Arc;

use rustls::client::UnbufferedClientConnection;
use rustls::pki_types::{IpAddr, ServerName};
use rustls::server::UnbufferedServerConnection;
use rustls::{ClientConfig, ServerConfig};

pub(crate) use chooser::take_asked_name;
pub use failure::TlsFailure;
pub use options::TlsOptions;
pub use terms::{ClientCertificates, TlsVersion};

use session::Session;

use crate::protocol::error::ErrorCode;

/// What a client's sessions begin with. Copies share what sessions are resumed from.
#[derive(Clone)]
pub struct ClientTls {
    config: Arc<ClientConfig>,
    server_name: Option<ServerName<'static>>,
}

impl ClientTls {
    /// Whether there can be a session with this host.
    ///
    /// # Errors
    ///
    /// `InvalidUrl` for one that no certificate can name.
    pub fn check_host(&self, host: &str) -> Result<(), ErrorCode> {
        match &self.server_name {
            Some(_) => Ok(()),
            None => server_name(host).map(drop),
        }
    }

    /// A session with the server at `host`, which is a name or an IP address as a URL has it. Its
    /// certificate must be for that, unless the options name something else.
    ///
    /// # Errors
    ///
    /// `InvalidUrl` for a host that no certificate can name.
    pub(crate) fn session(&self, host: &str) -> Result<Session, ErrorCode> {
        let name = match &self.server_name {
            Some(name) => name.clone(),
            None => server_name(host)?,
        };
        UnbufferedClientConnection::new(Arc::clone(&self.config), name)
            .map(Session::from)
            .map_err(|error| TlsFailure::from(&error).error)
    }
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientTls").field("server_name", &self.server_name).finish_non_exhaustive()
    }
}

/// What a server's sessions begin with. Copies share what sessions are resumed from.
#[derive(Clone)]
pub struct ServerTls {
    config: Arc<ServerConfig>,
}

impl ServerTls {
    /// A session with a client that has connected.
    ///
    /// # Errors
    ///
    /// `TlsHandshake`.
    pub(crate) fn session(&self) -> Result<Session, ErrorCode> {
        UnbufferedServerConnection::new(Arc::clone(&self.config))
            .map(Session::from)
            .map_err(|error| TlsFailure::from(&error).error)
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").finish_non_exhaustive()
    }
}

/// The name that a certificate must have for this host.
fn server_name(host: &str) -> Result<ServerName<'static>, ErrorCode> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = IpAddr::try_from(bare) {
        return Ok(ServerName::IpAddress(address));
    }
    ServerName::try_from(bare.to_owned()).map_err(|_| ErrorCode::InvalidUrl)
}
