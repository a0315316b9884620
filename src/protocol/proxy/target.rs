//! What a proxy is asked to connect to.

use std::fmt;
use std::net::IpAddr;

use crate::protocol::error::ErrorCode;
use crate::protocol::url::is_host;

/// A host and a port. Nothing of it can end a line or be read as more than it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub(super) host: TargetHost,
    pub(super) port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TargetHost {
    /// Letters, digits, `-`, `.` and `_`: 1 to 254 bytes.
    Name(Box<str>),
    Address(IpAddr),
}

impl Target {
    /// A host name, or an IP address without brackets, and a port.
    ///
    /// # Errors
    ///
    /// `InvalidUrl`: neither of both, a name of more than 254 bytes, or port 0.
    pub fn new(host: &str, port: u16) -> Result<Target, ErrorCode> {
        let host = match host.parse() {
            Ok(address) => TargetHost::Address(address),
            Err(_) if is_host(host) && !host.starts_with('[') && host != "*" => {
                TargetHost::Name(host.into())
            }
            Err(_) => return Err(ErrorCode::InvalidUrl),
        };
        if port == 0 {
            return Err(ErrorCode::InvalidUrl);
        }
        Ok(Target { host, port })
    }
}

impl fmt::Display for Target {
    /// As CONNECT has it: always with the port, an IPv6 address in brackets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port;
        match &self.host {
            TargetHost::Name(name) => write!(formatter, "{name}:{port}"),
            TargetHost::Address(IpAddr::V4(address)) => write!(formatter, "{address}:{port}"),
            TargetHost::Address(IpAddr::V6(address)) => write!(formatter, "[{address}]:{port}"),
        }
    }
}
