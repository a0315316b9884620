//! The request with which a client opens a connection (RFC 6455 section 4.1).

use super::fields::{Fields, check_header, write_field};
use super::host::Host;
use super::target::Target;
use super::tokens::is_token;
use crate::protocol::error::ErrorCode;
use crate::protocol::version::SUPPORTED_VERSIONS;

/// What a client asks for. All of it has been checked, so no part can end its line.
#[derive(Debug, Clone)]
pub struct ClientRequest {
    host: Box<str>,
    target: Box<str>,
    origin: Option<Box<str>>,
    subprotocols: Vec<Box<str>>,
    headers: Fields,
}

impl ClientRequest {
    /// A request for this host, with its port where that is not the usual one, and this target: a
    /// path that begins with `/`, and a query.
    ///
    /// # Errors
    ///
    /// `InvalidUrl`: the host is no `host[:port]`, or the target has a control character, a space, a
    /// fragment, a character beyond ASCII, or does not begin with `/`.
    pub fn new(host: &str, target: &str) -> Result<ClientRequest, ErrorCode> {
        let is_target = target.starts_with('/') && Target::parse(target).is_ok();
        if Host::parse(host).is_none() || !is_target {
            return Err(ErrorCode::InvalidUrl);
        }
        Ok(ClientRequest {
            host: host.into(),
            target: target.into(),
            origin: None,
            subprotocols: Vec::new(),
            headers: Fields::default(),
        })
    }

    /// Sets the Origin field, which only a browser needs (RFC 6455 section 4.1).
    ///
    /// # Errors
    ///
    /// `InvalidHeader`: empty, or with anything but visible ASCII (RFC 6454 section 7).
    pub fn set_origin(&mut self, origin: &str) -> Result<(), ErrorCode> {
        if origin.is_empty() || !origin.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ErrorCode::InvalidHeader);
        }
        self.origin = Some(origin.into());
        Ok(())
    }

    /// Offers a subprotocol, behind those that are offered already.
    ///
    /// # Errors
    ///
    /// `InvalidSubprotocol`: no token, or offered already.
    pub fn add_subprotocol(&mut self, subprotocol: &str) -> Result<(), ErrorCode> {
        let is_known = self.subprotocols.iter().any(|offered| **offered == *subprotocol);
        if is_known || !is_token(subprotocol) {
            return Err(ErrorCode::InvalidSubprotocol);
        }
        self.subprotocols.push(subprotocol.into());
        Ok(())
    }

    /// Adds a field, such as Cookie, Authorization or User-Agent.
    ///
    /// # Errors
    ///
    /// `InvalidHeader`: the name is no token, the value has a control character, the library writes
    /// that field itself (see [`check_header`]; here Host too), or it is a second Origin.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<(), ErrorCode> {
        check_header(name, value)?;
        if name.eq_ignore_ascii_case("Host") {
            return Err(ErrorCode::InvalidHeader);
        }
        if !name.eq_ignore_ascii_case("Origin") {
            return self.headers.add(name, value);
        }
        if self.origin.is_some() {
            return Err(ErrorCode::InvalidHeader);
        }
        self.set_origin(value)
    }

    /// The host, with the port where one was given.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Path and query.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The Origin field.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// The subprotocols in the order of preference.
    pub fn subprotocols(&self) -> &[Box<str>] {
        &self.subprotocols
    }

    /// The fields that were added, without Origin.
    pub fn headers(&self) -> &Fields {
        &self.headers
    }

    /// Appends the request, with this Sec-WebSocket-Key.
    pub(super) fn write(&self, key: &[u8; 24], out: &mut Vec<u8>) {
        out.extend_from_slice(format!("GET {} HTTP/1.1\r\n", self.target).as_bytes());
        write_field("Host", self.host.as_bytes(), out);
        out.extend_from_slice(b"Upgrade: websocket\r\nConnection: Upgrade\r\n");
        write_field("Sec-WebSocket-Key", key, out);
        write_field("Sec-WebSocket-Version", SUPPORTED_VERSIONS.as_bytes(), out);
        if !self.subprotocols.is_empty() {
            write_field("Sec-WebSocket-Protocol", self.subprotocols.join(", ").as_bytes(), out);
        }
        if let Some(origin) = &self.origin {
            write_field("Origin", origin.as_bytes(), out);
        }
        self.headers.write(out);
        out.extend_from_slice(b"\r\n");
    }
}
