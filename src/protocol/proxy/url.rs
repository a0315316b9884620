//! A proxy as a person types it.

use super::login::Login;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::fields::{Fields, check_header};
use crate::protocol::url::parse_authority;

/// What a proxy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// HTTP, without TLS: asked with CONNECT.
    Http,
    /// HTTP through TLS, which is between this side and the proxy: asked with CONNECT.
    Https,
    /// SOCKS version 5.
    Socks5,
}

impl Kind {
    /// The port where a URL names none: 80, 443 or 1080 (RFC 1928 section 3).
    pub fn default_port(self) -> u16 {
        match self {
            Kind::Http => 80,
            Kind::Https => 443,
            Kind::Socks5 => 1080,
        }
    }

    /// The kind with this scheme in its URL.
    ///
    /// # Errors
    ///
    /// `Unsupported` for SOCKS 4, `InvalidUrl` for what is no scheme of a proxy.
    fn from_scheme(scheme: &str) -> Result<Kind, ErrorCode> {
        match scheme.to_ascii_lowercase().as_str() {
            "http" => Ok(Kind::Http),
            "https" => Ok(Kind::Https),
            "socks5" | "socks5h" => Ok(Kind::Socks5),
            "socks4" | "socks4a" => Err(ErrorCode::Unsupported),
            _ => Err(ErrorCode::InvalidUrl),
        }
    }
}

/// A proxy: where it is, what it speaks, and what it is told of who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    kind: Kind,
    host: Box<str>,
    port: u16,
    login: Option<Login>,
    fields: Fields,
}

impl Proxy {
    /// Reads `http://[user[:password]@]host[:port]`, the same with `https` (TLS to the proxy), or with
    /// `socks5`. Without a scheme `http` is meant; a `/` at the end is allowed. User name and password
    /// are percent-encoded.
    ///
    /// The name of the target is always looked up by the proxy, never here; `socks5h`, by which other
    /// programs ask for that, is the same as `socks5`.
    ///
    /// # Errors
    ///
    /// * `InvalidUrl`: another scheme; a host that cannot be dialled, or port 0; a path or a query; a
    ///   character that may not stand there, among them every control character and every one beyond
    ///   ASCII; user information that is empty or, once it has been decoded, no UTF-8, with a control
    ///   character, with a colon in the user name of an HTTP proxy, without a user name for SOCKS, or
    ///   with more than 255 bytes of one of them there.
    /// * `Unsupported`: SOCKS 4.
    pub fn parse(url: &str) -> Result<Proxy, ErrorCode> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let kind = Kind::from_scheme(scheme)?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (login, authority) = match authority.rsplit_once('@') {
            Some((information, host)) => (Some(Login::read(information, kind)?), host),
            None => (None, authority),
        };
        let (host, port) = parse_authority(authority, kind.default_port())?;
        Ok(Proxy { kind, host, port, login, fields: Fields::default() })
    }

    /// The proxy, told these headers besides if it speaks HTTP.
    pub(super) fn with_fields(self, fields: Fields) -> Proxy {
        Proxy { fields, ..self }
    }

    /// What it speaks.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its name in lower case, or its IP address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its port, never 0.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is told a user name and a password from its URL.
    pub fn has_credentials(&self) -> bool {
        self.login.is_some()
    }

    pub(super) fn login(&self) -> Option<&Login> {
        self.login.as_ref()
    }

    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }
}

/// Whether a proxy may be told this header.
///
/// # Errors
///
/// `InvalidHeader`: see [`check_header`]; or the name is Host, which is the library's.
pub fn check_proxy_header(name: &str, value: &str) -> Result<(), ErrorCode> {
    check_header(name, value)?;
    if name.eq_ignore_ascii_case("Host") {
        return Err(ErrorCode::InvalidHeader);
    }
    Ok(())
}
