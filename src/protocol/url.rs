//! Addresses that a person types, for dialling and for listening (RFC 6455 section 3).
//!
//! Pure text: nothing here resolves a name, opens a socket or looks whether a path exists.

use url::{Host, Url};

use super::error::ErrorCode;

/// Longest path of a Unix-domain socket in bytes: `sun_path` without its NUL.
const MAX_SOCKET_PATH_BYTES: usize = 107;
/// Longest host name in bytes (RFC 1035 section 2.3.4), with the dot that may end it.
const MAX_HOST_BYTES: usize = 254;

/// Whether TLS is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `ws`: plain.
    Ws,
    /// `wss`: through TLS.
    Wss,
}

impl Scheme {
    /// The port where a URL names none: 80 or 443 (RFC 6455 section 3).
    pub fn default_port(self) -> u16 {
        match self {
            Scheme::Ws => 80,
            Scheme::Wss => 443,
        }
    }
}

/// What a URL points to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// A TCP port of a host.
    Host {
        /// Name in lower case, or IP address without brackets; `*`, which only listening knows,
        /// means all addresses of both families.
        host: Box<str>,
        /// Never 0 where dialled; 0 where listening means any free port.
        port: u16,
    },
    /// The absolute path of a Unix-domain socket, 1 to 107 bytes without NUL.
    Path(Box<str>),
}

/// A URL that has been read; no part of it needs another check.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// Whether TLS is spoken.
    pub scheme: Scheme,
    /// What to connect to, or where to listen.
    pub place: Place,
    /// Path and query for the request line: at least `/`, printable ASCII without a space.
    pub target: Box<str>,
    /// The value of the Host header: an IPv6 address in brackets, a port only if it is not the
    /// default of the scheme, and `localhost` for a Unix-domain socket.
    pub host_field: Box<str>,
}

impl Address {
    /// Reads a URL to connect to: `ws://host[:port][/path][?query]`, the same with `wss`, or
    /// `ws+unix:/socket/path[:/path[?query]]`, the same with `wss+unix`.
    ///
    /// The target is normalised as in a browser: dot segments are resolved and characters that may
    /// not stand in a request line are percent-encoded. The path of a socket is taken as it is
    /// typed; it ends before the first `:/` and contains no `?`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidUrl`] for another scheme or none; for a control character, space,
    /// backslash, `#` or a byte beyond ASCII anywhere; for a user name or password; for a host that
    /// is empty, longer than 254 bytes or neither a name of letters, digits, `-`, `.` and `_` nor an
    /// IP address; for port 0 or one beyond 65535; for the path of a socket that is relative or
    /// longer than 107 bytes.
    pub fn parse_dial(url: &str) -> Result<Address, ErrorCode> {
        parse(url, Purpose::Dial)
    }

    /// Reads a URL to listen on: `ws://host[:port]` with an IP address, `localhost` or `*` (all
    /// addresses of both families) as the host, the same with `wss`, or `ws+unix:/socket/path`,
    /// the same with `wss+unix`.
    ///
    /// Port 0 stands for any free port. A `/` at the end is allowed; for a socket it follows a colon.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidUrl`] for what [`parse_dial`](Address::parse_dial) refuses other than
    /// port 0; for another host; for a path other than `/`; for a query.
    pub fn parse_listen(url: &str) -> Result<Address, ErrorCode> {
        parse(url, Purpose::Listen)
    }

    /// As [`parse_listen`](Address::parse_listen), with any host that can be dialled besides: in a
    /// simulated network every name is one of this machine.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidUrl`], as there.
    pub fn parse_listen_anywhere(url: &str) -> Result<Address, ErrorCode> {
        parse(url, Purpose::ListenAnywhere)
    }
}

/// What the address is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Dial,
    Listen,
    ListenAnywhere,
}

impl Purpose {
    fn allows_authority(self, host: &str, port: u16) -> bool {
        self != Purpose::Dial || (host != "*" && port != 0)
    }

    /// `target` is what was typed, before it is normalised.
    fn allows_target(self, target: &str) -> bool {
        self == Purpose::Dial || matches!(target, "" | "/")
    }
}

fn parse(url: &str, purpose: Purpose) -> Result<Address, ErrorCode> {
    if !url.bytes().all(is_url_byte) {
        return Err(ErrorCode::InvalidUrl);
    }
    let (scheme, rest) = url.split_once(':').ok_or(ErrorCode::InvalidUrl)?;
    match scheme.to_ascii_lowercase().as_str() {
        "ws" => parse_host_url(Scheme::Ws, rest, purpose),
        "wss" => parse_host_url(Scheme::Wss, rest, purpose),
        "ws+unix" => parse_socket_url(Scheme::Ws, rest, purpose),
        "wss+unix" => parse_socket_url(Scheme::Wss, rest, purpose),
        _ => Err(ErrorCode::InvalidUrl),
    }
}

fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'\\' && byte != b'#'
}

fn parse_host_url(scheme: Scheme, rest: &str, purpose: Purpose) -> Result<Address, ErrorCode> {
    let rest = rest.strip_prefix("//").ok_or(ErrorCode::InvalidUrl)?;
    let (authority, path) = match rest.find(['/', '?']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (host, port) = split_authority(authority)?;
    let port = parse_port(port, scheme.default_port())?;
    let allowed = purpose.allows_authority(host, port) && purpose.allows_target(path);
    if !is_host(host) || !allowed {
        return Err(ErrorCode::InvalidUrl);
    }
    let (host, target) = normalise(host, path)?;
    if purpose == Purpose::Listen && !is_local(&host) {
        return Err(ErrorCode::InvalidUrl);
    }
    let host = host.to_string();
    let host_field = match port == scheme.default_port() {
        true => host.as_str().into(),
        false => format!("{host}:{port}").into(),
    };
    let host = without_brackets(&host);
    Ok(Address { scheme, place: Place::Host { host, port }, target, host_field })
}

fn parse_socket_url(scheme: Scheme, rest: &str, purpose: Purpose) -> Result<Address, ErrorCode> {
    // `ws+unix:///path`, with an authority that is empty, is the same as `ws+unix:/path`.
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, target) = match rest.find(":/") {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let target = target.strip_prefix(':').unwrap_or(target);
    if !is_socket_path(path) || !purpose.allows_target(target) {
        return Err(ErrorCode::InvalidUrl);
    }
    let (_, target) = normalise("localhost", target)?;
    let place = Place::Path(path.into());
    Ok(Address { scheme, place, target, host_field: "localhost".into() })
}

/// Reads `host[:port]`, as it is dialled: the name or the address without brackets, and the port.
///
/// # Errors
///
/// `InvalidUrl`: no host that can be dialled, or port 0.
pub(super) fn parse_authority(
    authority: &str,
    default_port: u16,
) -> Result<(Box<str>, u16), ErrorCode> {
    let (host, port) = split_authority(authority)?;
    let port = parse_port(port, default_port)?;
    if !is_host(host) || !Purpose::Dial.allows_authority(host, port) {
        return Err(ErrorCode::InvalidUrl);
    }
    let (host, _) = normalise(host, "/")?;
    Ok((without_brackets(&host.to_string()), port))
}

fn without_brackets(host: &str) -> Box<str> {
    host.trim_start_matches('[').trim_end_matches(']').into()
}

/// The host, in brackets if it is an IPv6 address, and the text after the colon.
fn split_authority(authority: &str) -> Result<(&str, &str), ErrorCode> {
    let end = match authority.starts_with('[') {
        true => authority.find(']').map(|at| at + 1),
        false => authority.find(':').or(Some(authority.len())),
    };
    let (host, rest) =
        end.and_then(|end| authority.split_at_checked(end)).ok_or(ErrorCode::InvalidUrl)?;
    match rest.strip_prefix(':') {
        Some(port) => Ok((host, port)),
        None if rest.is_empty() => Ok((host, "")),
        None => Err(ErrorCode::InvalidUrl),
    }
}

/// RFC 3986 section 3.2.3 allows a colon without a port, which stands for the default.
fn parse_port(digits: &str, default: u16) -> Result<u16, ErrorCode> {
    if digits.is_empty() {
        return Ok(default);
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ErrorCode::InvalidUrl);
    }
    digits.parse().map_err(|_| ErrorCode::InvalidUrl)
}

/// Whether the host has only bytes that a host may have; the rest is left to [`normalise`].
///
/// An `@` in brackets, above all, would be the end of a user name there.
pub(super) fn is_host(host: &str) -> bool {
    let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_address_byte = |byte: u8| byte.is_ascii_hexdigit() || b":.".contains(&byte);
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.bytes().all(is_address_byte),
        None if host == "*" => true,
        None => matches!(host.len(), 1..=MAX_HOST_BYTES) && host.bytes().all(is_name_byte),
    }
}

/// Whether it is clear without a lookup which local address is meant.
fn is_local(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => matches!(name.as_str(), "*" | "localhost"),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    }
}

fn is_socket_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('?')
        && path.len() <= MAX_SOCKET_PATH_BYTES
}

/// The host and the target as the URL standard writes them.
fn normalise(host: &str, path: &str) -> Result<(Host<String>, Box<str>), ErrorCode> {
    let url = Url::parse(&format!("ws://{host}{path}")).map_err(|_| ErrorCode::InvalidUrl)?;
    let host = url.host().ok_or(ErrorCode::InvalidUrl)?.to_owned();
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    Ok((host, target.into()))
}
