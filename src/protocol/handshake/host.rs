//! A host with an optional port, as the Host field and the authority of a URL name it.

use std::net::Ipv6Addr;

/// A host and its port, borrowed from where they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Host<'a> {
    /// The name or address; an IPv6 address with its brackets.
    pub(super) name: &'a str,
    /// The port, where one is given.
    pub(super) port: Option<u16>,
}

impl<'a> Host<'a> {
    /// Reads `host[:port]` (RFC 9110 section 7.2). No user information, no empty host, no empty port,
    /// no port 0. A name holds unreserved characters and percent signs only: the commas and
    /// semicolons that RFC 3986 would allow never stand in a real one and are read as lists elsewhere.
    pub(super) fn parse(text: &'a str) -> Option<Host<'a>> {
        let (name, port) = match text.rfind(']') {
            Some(end) => text.split_at_checked(end + 1)?,
            None => text.split_at_checked(text.find(':').unwrap_or(text.len()))?,
        };
        let port = match port.strip_prefix(':') {
            Some(digits) => Some(parse_port(digits)?),
            None if port.is_empty() => None,
            None => return None,
        };
        (is_address(name) || is_name(name)).then_some(Host { name, port })
    }

    /// Whether both mean the same place when `default_port` stands for a port that is not given.
    pub(super) fn is_same(&self, other: &Host<'_>, default_port: Option<u16>) -> bool {
        self.name.eq_ignore_ascii_case(other.name)
            && self.port.or(default_port) == other.port.or(default_port)
    }
}

fn parse_port(digits: &str) -> Option<u16> {
    let is_number = digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let port = is_number.then(|| digits.parse().ok()).flatten()?;
    (port != 0).then_some(port)
}

fn is_address(name: &str) -> bool {
    let inner = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
    !name.is_empty() && name.bytes().all(is_allowed)
}
