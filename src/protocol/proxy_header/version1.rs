//! Version 1: a line of text, such as `PROXY TCP4 192.0.2.1 192.0.2.2 50000 443`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{ProxyHeader, Route, Values};
use crate::protocol::error::ErrorCode;

const START: &[u8] = b"PROXY ";

/// The longest line, with its end.
const MAX_BYTES: usize = 107;

/// How many bytes more there are at least. As where the line ends is known only at its end, it is
/// taken byte by byte.
pub(super) fn missing(bytes: &[u8]) -> Result<usize, ErrorCode> {
    let begins_right = bytes.starts_with(START) || START.starts_with(bytes);
    if !begins_right || bytes.len() > MAX_BYTES {
        return Err(ErrorCode::HandshakeProxyHeader);
    }
    match bytes {
        [.., b'\r', b'\n'] => Ok(0),
        [.., b'\n'] | [.., b'\r', _] => Err(ErrorCode::HandshakeProxyHeader),
        _ => Ok(1),
    }
}

/// Reads a whole line.
pub(super) fn parse(line: &[u8]) -> Result<ProxyHeader, ErrorCode> {
    let text = line.strip_prefix(START).and_then(|rest| rest.strip_suffix(b"\r\n"));
    let text = text.ok_or(ErrorCode::HandshakeProxyHeader)?;
    // What follows is said to mean nothing.
    let route = match text.strip_prefix(b"UNKNOWN") {
        Some([] | [b' ', ..]) => None,
        _ => Some(route(text).ok_or(ErrorCode::HandshakeProxyHeader)?),
    };
    Ok(ProxyHeader { route, values: Values::default() })
}

fn route(text: &[u8]) -> Option<Route> {
    let mut words = std::str::from_utf8(text).ok()?.split(' ');
    let mut next = || words.next();
    let (family, source, destination) = (next()?, next()?, next()?);
    let (source_port, destination_port) = (port(next()?)?, port(next()?)?);
    if next().is_some() {
        return None;
    }
    let source = SocketAddr::new(address(family, source)?, source_port);
    let destination = SocketAddr::new(address(family, destination)?, destination_port);
    Some(Route { source: source.into(), destination: destination.into() })
}

fn address(family: &str, text: &str) -> Option<IpAddr> {
    match family {
        "TCP4" => text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        "TCP6" => text.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        _ => None,
    }
}

fn port(digits: &str) -> Option<u16> {
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let has_zero_in_front = digits.len() > 1 && digits.starts_with('0');
    if is_plain && !has_zero_in_front { digits.parse().ok() } else { None }
}
