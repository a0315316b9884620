//! The bytes of a header gathered as they come, and refused at the first that cannot stand there.

use super::{ProxyHeader, version1, version2};
use crate::protocol::error::ErrorCode;

/// What [`ProxyHeaderReader::feed`] did with its input.
#[derive(Debug, PartialEq, Eq)]
pub struct Fed {
    /// Bytes taken from the input; fewer than all only where the header ended.
    pub consumed: usize,
    /// The header, once it is whole.
    pub header: Option<ProxyHeader>,
}

/// Gathers one header of either version.
#[derive(Debug, Default)]
pub struct ProxyHeaderReader {
    bytes: Vec<u8>,
}

impl ProxyHeaderReader {
    /// Takes bytes up to the end of the header, never one behind it. Not to be called again after an
    /// error or a header.
    ///
    /// # Errors
    ///
    /// `HandshakeProxyHeader`: this is no header, or one that is larger than is taken.
    pub fn feed(&mut self, input: &[u8]) -> Result<Fed, ErrorCode> {
        let mut rest = input;
        loop {
            let missing = missing(&self.bytes)?;
            let header = if missing == 0 { Some(parse(&self.bytes)?) } else { None };
            if header.is_some() || rest.is_empty() {
                return Ok(Fed { consumed: input.len() - rest.len(), header });
            }
            let (taken, left) = rest.split_at_checked(missing).unwrap_or((rest, &[]));
            self.bytes.extend_from_slice(taken);
            rest = left;
        }
    }
}

/// How many bytes more there are at least; 0 for a whole header.
fn missing(bytes: &[u8]) -> Result<usize, ErrorCode> {
    match bytes.first() {
        None => Ok(1),
        Some(b'P') => version1::missing(bytes),
        Some(b'\r') => version2::missing(bytes),
        Some(_) => Err(ErrorCode::HandshakeProxyHeader),
    }
}

fn parse(bytes: &[u8]) -> Result<ProxyHeader, ErrorCode> {
    match bytes.first() {
        Some(b'P') => version1::parse(bytes),
        _ => version2::parse(bytes),
    }
}
