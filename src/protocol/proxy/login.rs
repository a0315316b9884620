//! What a proxy is told of who asks. It shows nowhere but in the bytes for the proxy.

use std::fmt;

use super::url::Kind;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::credentials::{Credentials, HIDDEN, read_information};

/// Longest user name and longest password of SOCKS 5 in bytes (RFC 1929 section 2).
const MAX_SOCKS_BYTES: usize = 255;

/// A user name and its password, which one kind of proxy can carry both of.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Login {
    /// For a proxy that speaks HTTP.
    Http(Credentials),
    /// For one that speaks SOCKS: at most 255 bytes each.
    Socks { user: Box<str>, password: Box<str> },
}

impl fmt::Debug for Login {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(HIDDEN)
    }
}

impl Login {
    /// Reads the user information of the URL of a proxy.
    ///
    /// # Errors
    ///
    /// `InvalidUrl`: see [`Proxy::parse`](super::url::Proxy::parse).
    pub(super) fn read(information: &str, kind: Kind) -> Result<Login, ErrorCode> {
        let (user, password) = read_information(information)?;
        match kind {
            Kind::Http | Kind::Https => {
                let credentials = Credentials::new(&user, &password);
                credentials.map(Login::Http).map_err(|_| ErrorCode::InvalidUrl)
            }
            Kind::Socks5 => Login::of_socks(user, password),
        }
    }

    fn of_socks(user: String, password: String) -> Result<Login, ErrorCode> {
        let is_too_long = user.len() > MAX_SOCKS_BYTES || password.len() > MAX_SOCKS_BYTES;
        let has_control = user.bytes().chain(password.bytes()).any(|byte| byte.is_ascii_control());
        if user.is_empty() || is_too_long || has_control {
            return Err(ErrorCode::InvalidUrl);
        }
        Ok(Login::Socks { user: user.into(), password: password.into() })
    }
}
