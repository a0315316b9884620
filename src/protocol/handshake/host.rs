//! A host with an optional port, as the Host field and the authority of a URL name it.

use core::net::Ipv6Addr;

use crate::protocol::characters::{is_host_byte, run};

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
        let is_in_brackets = text.starts_with('[');
        let end = match is_in_brackets {
            true => run(text.as_bytes(), |byte| byte != b']') + 1,
            false => run(text.as_bytes(), is_host_byte),
        };
        let (name, port) = text.split_at_checked(end)?;
        let port = match port.strip_prefix(':') {
            Some(digits) => Some(parse_port(digits)?),
            None if port.is_empty() => None,
            None => return None,
        };
        let is_host = if is_in_brackets { is_address(name) } else { !name.is_empty() };
        is_host.then_some(Host { name, port })
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
    let inner = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::Host;

    #[test]
    fn c08_hosts_are_read_strictly() {
        let cases = [
            ("example.com", Some(("example.com", None))),
            ("EXAMPLE.com:80", Some(("EXAMPLE.com", Some(80)))),
            ("a_b-c.d~e", Some(("a_b-c.d~e", None))),
            ("192.0.2.1:65535", Some(("192.0.2.1", Some(65535)))),
            ("[::1]", Some(("[::1]", None))),
            ("[2001:DB8::1]:8080", Some(("[2001:DB8::1]", Some(8080)))),
            ("", None),
            (":80", None),
            ("a:", None),
            ("a:0", None),
            ("a:65536", None),
            ("a:000080", None),
            ("a:+80", None),
            ("a:8x", None),
            ("a:80:81", None),
            ("user@a", None),
            ("user:pass@a", None),
            ("a/b", None),
            ("a?b", None),
            ("a#b", None),
            ("a b", None),
            ("a,b", None),
            ("a;b", None),
            ("a\\b", None),
            ("h\u{e4}", None),
            ("::1", None),
            ("[::1", None),
            ("::1]", None),
            ("[::1]x", None),
            ("[::1]80", None),
            ("[]", None),
            ("[1.2.3.4]", None),
            ("[fe80::1%eth0]", None),
            ("[::1]]", None),
        ];
        for (text, want) in cases {
            let host = Host::parse(text);
            assert_eq!(host.map(|host| (host.name, host.port)), want, "{text:?}");
        }
    }
}
