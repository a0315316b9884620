//! The request with which a client opens a connection (RFC 6455 section 4.1).

use super::cookie::check_cookie;
use super::credentials::Credentials;
use super::fields::{Fields, check_header, write_field};
use super::host::Host;
use super::target::Target;
use super::tokens::is_token;
use crate::protocol::deflate::terms::{self, Wishes};
use crate::protocol::error::ErrorCode;
use crate::protocol::version::Version;

/// What a client asks for. All of it has been checked, so no part can end its line.
#[derive(Debug, Clone)]
pub struct ClientRequest {
    host: Box<str>,
    default_port: u16,
    target: Box<str>,
    version: Version,
    origin: Option<Box<str>>,
    subprotocols: Vec<Box<str>>,
    headers: Fields,
    compression: Option<Wishes>,
}

impl ClientRequest {
    /// A request for this host, with its port where that is not the usual one, and this target: a
    /// path that begins with `/`, and a query.
    ///
    /// # Errors
    ///
    /// `InvalidUrl`: see [`ClientRequest::set_host`] and [`ClientRequest::set_target`].
    pub fn new(host: &str, target: &str) -> Result<ClientRequest, ErrorCode> {
        let mut request = ClientRequest {
            host: "".into(),
            default_port: 80,
            target: "".into(),
            version: Version::V13,
            origin: None,
            subprotocols: Vec::new(),
            headers: Fields::default(),
            compression: None,
        };
        request.set_host(host)?;
        request.set_target(target)?;
        Ok(request)
    }

    /// Sets the Host field, which need not name where the connection goes.
    ///
    /// # Errors
    ///
    /// `InvalidUrl`: no `host[:port]`.
    pub fn set_host(&mut self, host: &str) -> Result<(), ErrorCode> {
        Host::parse(host).ok_or(ErrorCode::InvalidUrl)?;
        self.host = host.into();
        Ok(())
    }

    /// Sets the port that is meant where the host names none: 80 unless told otherwise.
    pub fn set_default_port(&mut self, port: u16) {
        self.default_port = port;
    }

    /// Sets path and query.
    ///
    /// # Errors
    ///
    /// `InvalidUrl`: a control character, a space, a fragment, a character beyond ASCII, or anything
    /// but a `/` at its beginning.
    pub fn set_target(&mut self, target: &str) -> Result<(), ErrorCode> {
        if !target.starts_with('/') || Target::parse(target).is_err() {
            return Err(ErrorCode::InvalidUrl);
        }
        self.target = target.into();
        Ok(())
    }

    /// Sets the version of the protocol that is asked for.
    ///
    /// # Errors
    ///
    /// `Unsupported`: another than 13, 8 and 7, whose frames are the same.
    pub fn set_version(&mut self, version: Version) -> Result<(), ErrorCode> {
        if !matches!(version, Version::V13 | Version::V8 | Version::V7) {
            return Err(ErrorCode::Unsupported);
        }
        self.version = version;
        Ok(())
    }

    /// Sets the origin, which only a browser needs (RFC 6455 section 4.1), or removes it.
    ///
    /// # Errors
    ///
    /// `InvalidHeader`: empty, or with anything but visible ASCII (RFC 6454 section 7).
    pub fn set_origin(&mut self, origin: Option<&str>) -> Result<(), ErrorCode> {
        if !origin.is_none_or(is_origin) {
            return Err(ErrorCode::InvalidHeader);
        }
        self.origin = origin.map(Box::from);
        Ok(())
    }

    /// Sets the User-Agent field, or removes it.
    ///
    /// # Errors
    ///
    /// `InvalidHeader`: empty, or as for [`ClientRequest::set_header`].
    pub fn set_user_agent(&mut self, user_agent: Option<&str>) -> Result<(), ErrorCode> {
        match user_agent {
            Some("") => Err(ErrorCode::InvalidHeader),
            Some(user_agent) => self.set_header("User-Agent", user_agent),
            None => self.remove_header("User-Agent"),
        }
    }

    /// Offers a subprotocol, behind those that are offered already.
    ///
    /// # Errors
    ///
    /// `InvalidSubprotocol`: no token, or offered already.
    pub fn add_subprotocol(&mut self, subprotocol: &str) -> Result<(), ErrorCode> {
        add_to(&mut self.subprotocols, subprotocol)
    }

    /// Offers these subprotocols and no others.
    ///
    /// # Errors
    ///
    /// As for [`ClientRequest::add_subprotocol`]; the offer is as before then.
    pub fn set_subprotocols(&mut self, subprotocols: &[&str]) -> Result<(), ErrorCode> {
        let mut offered = Vec::new();
        subprotocols.iter().try_for_each(|name| add_to(&mut offered, name))?;
        self.subprotocols = offered;
        Ok(())
    }

    /// Adds a field, such as Accept-Language.
    ///
    /// # Errors
    ///
    /// `InvalidHeader`: the name is no token, the value has a control character, or the library
    /// writes that field itself: see [`check_header`]; here Host and Origin too.
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<(), ErrorCode> {
        check_own_header(name)?;
        self.headers.add(name, value)
    }

    /// Sets the only field of this name.
    ///
    /// # Errors
    ///
    /// As for [`ClientRequest::add_header`].
    pub fn set_header(&mut self, name: &str, value: &str) -> Result<(), ErrorCode> {
        check_own_header(name)?;
        self.headers.set(name, value)
    }

    /// Removes all fields of this name, if there are any.
    ///
    /// # Errors
    ///
    /// `InvalidHeader`: as for [`ClientRequest::add_header`].
    pub fn remove_header(&mut self, name: &str) -> Result<(), ErrorCode> {
        check_own_header(name)?;
        check_header(name, "")?;
        self.headers.remove(name);
        Ok(())
    }

    /// Adds a cookie to the Cookie field (RFC 6265 section 4.2), of which there is only one.
    ///
    /// # Errors
    ///
    /// `InvalidHeader`: see [`check_cookie`].
    pub fn add_cookie(&mut self, name: &str, value: &str) -> Result<(), ErrorCode> {
        check_cookie(name, value)?;
        let cookies = match self.headers.get("Cookie", 0) {
            Some(cookies) if !cookies.is_empty() => format!("{cookies}; {name}={value}"),
            _ => format!("{name}={value}"),
        };
        self.headers.set("Cookie", &cookies)
    }

    /// Sets the Authorization field.
    ///
    /// # Errors
    ///
    /// None: the credentials have been checked.
    pub fn set_credentials(&mut self, credentials: &Credentials) -> Result<(), ErrorCode> {
        self.headers.set("Authorization", &credentials.field())
    }

    /// The host, with the port where one was given.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host without its port; an IPv6 address in brackets.
    pub fn host_name(&self) -> &str {
        Host::parse(&self.host).map_or("", |host| host.name)
    }

    /// The port, or the usual one where none was given.
    pub fn port(&self) -> u16 {
        Host::parse(&self.host).and_then(|host| host.port).unwrap_or(self.default_port)
    }

    /// Path and query.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The version of the protocol that is asked for.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Offers compression, or does not.
    pub fn set_compression(&mut self, wishes: Option<Wishes>) {
        self.compression = wishes;
    }

    /// What is offered of compression, which only version 13 knows (RFC 7692 section 3).
    pub fn compression(&self) -> Option<Wishes> {
        self.compression.filter(|_| self.version == Version::V13)
    }

    /// The origin.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// The subprotocols in the order of preference.
    pub fn subprotocols(&self) -> &[Box<str>] {
        &self.subprotocols
    }

    /// The fields that were added.
    pub fn headers(&self) -> &Fields {
        &self.headers
    }

    /// Appends the request, with this Sec-WebSocket-Key.
    pub(super) fn write(&self, key: &[u8; 24], out: &mut Vec<u8>) {
        out.extend_from_slice(format!("GET {} HTTP/1.1\r\n", self.target).as_bytes());
        write_field("Host", self.host.as_bytes(), out);
        out.extend_from_slice(b"Upgrade: websocket\r\nConnection: Upgrade\r\n");
        write_field("Sec-WebSocket-Key", key, out);
        let version = self.version.number().to_string();
        write_field("Sec-WebSocket-Version", version.as_bytes(), out);
        if !self.subprotocols.is_empty() {
            write_field("Sec-WebSocket-Protocol", self.subprotocols.join(", ").as_bytes(), out);
        }
        if let Some(wishes) = self.compression() {
            write_field("Sec-WebSocket-Extensions", terms::offer(&wishes).as_bytes(), out);
        }
        if let Some(origin) = &self.origin {
            write_field(self.origin_name(), origin.as_bytes(), out);
        }
        self.headers.write(out);
        out.extend_from_slice(b"\r\n");
    }

    /// Up to hybi-10 the origin of a web page had a field of its own.
    fn origin_name(&self) -> &'static str {
        match self.version {
            Version::V13 => "Origin",
            _ => "Sec-WebSocket-Origin",
        }
    }
}

fn is_origin(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn add_to(offered: &mut Vec<Box<str>>, subprotocol: &str) -> Result<(), ErrorCode> {
    let is_known = offered.iter().any(|known| **known == *subprotocol);
    if is_known || !is_token(subprotocol) {
        return Err(ErrorCode::InvalidSubprotocol);
    }
    offered.push(subprotocol.into());
    Ok(())
}

/// Host and Origin have setters of their own.
fn check_own_header(name: &str) -> Result<(), ErrorCode> {
    let is_own = ["Host", "Origin"].iter().any(|own| name.eq_ignore_ascii_case(own));
    if is_own { Err(ErrorCode::InvalidHeader) } else { Ok(()) }
}
