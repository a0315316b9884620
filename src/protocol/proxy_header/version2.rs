//! Version 2: a signature, what is told, its length, two addresses, and values behind them.

use std::net::{IpAddr, SocketAddr};

use super::{ProxyHeader, Route, Values};
use crate::protocol::error::ErrorCode;
use crate::protocol::network_address::NetworkAddress;

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// What stands in front of the addresses.
const HEAD_BYTES: usize = 16;

/// The largest header that is taken. Proxies send some hundred bytes.
const MAX_BYTES: usize = 4096;

/// An address of the Unix domain, with zeros behind it.
const UNIX_BYTES: usize = 108;

/// The bytes in front of the addresses, taken apart.
struct Start {
    kind: Kind,
    /// Of the whole header.
    bytes: usize,
}

/// What the addresses are.
#[derive(Clone, Copy)]
enum Kind {
    /// None, or they mean nothing.
    Untold,
    V4,
    V6,
    Unix,
}

/// How many bytes more there are at least.
pub(super) fn missing(bytes: &[u8]) -> Result<usize, ErrorCode> {
    if !bytes.starts_with(SIGNATURE) && !SIGNATURE.starts_with(bytes) {
        return Err(ErrorCode::HandshakeProxyHeader);
    }
    match bytes.get(SIGNATURE.len()..HEAD_BYTES) {
        Some(_) => Ok(start(bytes)?.bytes.saturating_sub(bytes.len())),
        None => Ok(HEAD_BYTES - bytes.len()),
    }
}

fn start(bytes: &[u8]) -> Result<Start, ErrorCode> {
    let wrong = ErrorCode::HandshakeProxyHeader;
    let &[command, family, high, low] =
        bytes.get(SIGNATURE.len()..HEAD_BYTES).and_then(|rest| rest.first_chunk()).ok_or(wrong)?;
    let kind = match command {
        // The proxy's own connection: whatever follows is to be passed over.
        0x20 => Kind::Untold,
        0x21 => kind(family).ok_or(wrong)?,
        _ => return Err(wrong),
    };
    let bytes = HEAD_BYTES + usize::from(u16::from_be_bytes([high, low]));
    if bytes > MAX_BYTES || bytes < HEAD_BYTES + kind.bytes() {
        return Err(wrong);
    }
    Ok(Start { kind, bytes })
}

/// The family is in the upper half of the byte, the transport in the lower. A client that came over UDP,
/// as with HTTP/3, is a client as well.
fn kind(byte: u8) -> Option<Kind> {
    match (byte >> 4, byte & 15) {
        (0..=3, 0) | (0, 1 | 2) => Some(Kind::Untold),
        (1, 1 | 2) => Some(Kind::V4),
        (2, 1 | 2) => Some(Kind::V6),
        (3, 1 | 2) => Some(Kind::Unix),
        _ => None,
    }
}

impl Kind {
    /// The bytes of both addresses and their ports.
    fn bytes(self) -> usize {
        match self {
            Kind::Untold => 0,
            Kind::V4 => 2 * 4 + 2 * 2,
            Kind::V6 => 2 * 16 + 2 * 2,
            Kind::Unix => 2 * UNIX_BYTES,
        }
    }

    fn route(self, block: &[u8]) -> Option<Route> {
        match self {
            Kind::Untold => None,
            Kind::V4 => route::<4>(block),
            Kind::V6 => route::<16>(block),
            // The paths say nothing of who is there.
            Kind::Unix => {
                Some(Route { source: NetworkAddress::Unix, destination: NetworkAddress::Unix })
            }
        }
    }
}

fn route<const N: usize>(block: &[u8]) -> Option<Route>
where
    IpAddr: From<[u8; N]>,
{
    let (source, rest) = block.split_first_chunk::<N>()?;
    let (destination, rest) = rest.split_first_chunk::<N>()?;
    let (source_port, rest) = rest.split_first_chunk::<2>()?;
    let (destination_port, _) = rest.split_first_chunk::<2>()?;
    let end = |address: &[u8; N], port: &[u8; 2]| {
        SocketAddr::new(IpAddr::from(*address), u16::from_be_bytes(*port)).into()
    };
    let (source, destination) = (end(source, source_port), end(destination, destination_port));
    Some(Route { source, destination })
}

/// Reads a whole header.
pub(super) fn parse(header: &[u8]) -> Result<ProxyHeader, ErrorCode> {
    let wrong = ErrorCode::HandshakeProxyHeader;
    let kind = start(header)?.kind;
    if let Kind::Untold = kind {
        return Ok(ProxyHeader::default());
    }
    let block = header.get(HEAD_BYTES..).ok_or(wrong)?;
    let (addresses, values) = block.split_at_checked(kind.bytes()).ok_or(wrong)?;
    let values = Values::parse(values).ok_or(wrong)?;
    if !values.agrees_with_checksum(header) {
        return Err(wrong);
    }
    Ok(ProxyHeader { route: kind.route(addresses), values })
}
