//! The answer of a server to an opening request.

use std::ops::Range;

use super::body::Framing;
use super::extension::{ExtensionOffer, parse_extensions};
use super::field_name::FieldName;
use super::head::{self, Head};
use super::tokens::{elements, names};
use crate::protocol::error::ErrorCode;
use crate::protocol::http::{HeadKind, WholeHead};
use crate::protocol::version::Version;

/// A response head, and for a refusal what was kept of its body.
#[derive(Debug)]
pub struct Response {
    head: Head,
    minor_version: u8,
    status: u16,
    phrase: Range<usize>,
    /// The version that was asked for, once the server has agreed to it.
    version: Option<Version>,
    body: Vec<u8>,
}

impl Response {
    /// Reads a whole head, up to and with the empty line at its end.
    ///
    /// # Errors
    ///
    /// * `HandshakeMalformed`: no well-formed head, bytes behind it, or a status below 100.
    /// * `HandshakeHttpVersion`: a version other than HTTP/1.0 and HTTP/1.1.
    pub fn parse(head: Vec<u8>) -> Result<Response, ErrorCode> {
        Response::from_head(head::read(HeadKind::Response, &head)?)
    }

    /// Like [`Response::parse`], for a head whose bytes have been checked as they came.
    pub(in crate::protocol) fn from_head(head: WholeHead) -> Result<Response, ErrorCode> {
        let (head, line) = Head::of_response(head)?;
        if line.status < 100 {
            return Err(ErrorCode::HandshakeMalformed);
        }
        Ok(Response {
            head,
            minor_version: line.minor_version,
            status: line.status,
            phrase: line.phrase,
            version: None,
            body: Vec::new(),
        })
    }

    /// The status, 100 to 999.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The phrase behind the status; empty where there is none or it has a byte beyond ASCII.
    pub fn phrase(&self) -> &str {
        self.head.text(&self.phrase)
    }

    /// The value of the `index`-th field of this name, whatever the case of the name.
    pub fn header(&self, name: &str, index: usize) -> Option<&[u8]> {
        self.head.field(name, index)
    }

    /// The number of fields.
    pub fn header_count(&self) -> usize {
        self.head.count()
    }

    /// Name and value of the field at this place, counted from 0.
    pub fn header_at(&self, index: usize) -> Option<(&str, &[u8])> {
        self.head.at(index)
    }

    /// The subprotocol that the server chose.
    pub fn subprotocol(&self) -> Option<&str> {
        self.head.first_text(FieldName::Subprotocol)
    }

    /// The version of the protocol: the one that was asked for where the server has agreed, and
    /// otherwise the first that it lists (RFC 6455 section 4.4); `Unknown` where it lists none.
    pub fn version(&self) -> Version {
        let listed = || self.head.all(FieldName::Version).flat_map(elements).next();
        let first = || listed().and_then(head::ascii).map_or(Version::Unknown, Version::from_field);
        self.version.unwrap_or_else(first)
    }

    /// The extensions that the server names, in their order. A field that cannot be read has none.
    pub fn extensions(&self) -> Vec<ExtensionOffer> {
        let fields = self.head.all(FieldName::Extensions).filter_map(head::ascii);
        fields.filter_map(|field| parse_extensions(field).ok()).flatten().collect()
    }

    /// The body of a refusal, at most 64 KiB; what came beyond that is not kept.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The fields, for the rules of the handshake.
    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    /// Whether the answer is in HTTP/1.1, not 1.0.
    pub(super) fn is_http_1_1(&self) -> bool {
        self.minor_version == 1
    }

    /// How the end of the body is found (RFC 9112 section 6.3).
    pub(super) fn framing(&self) -> Framing {
        let mut encodings = self.head.all(FieldName::TransferEncoding);
        if matches!(self.status, 100..=199 | 204 | 304) {
            return Framing::Length(0);
        }
        if encodings.any(|field| names(field, "chunked")) {
            return Framing::chunked();
        }
        let length = self.head.single(FieldName::ContentLength, ErrorCode::HandshakeMalformed);
        let length = length.ok().flatten().and_then(parse_length);
        length.map_or(Framing::UntilEnd, Framing::Length)
    }

    /// The server has agreed to this version.
    pub(super) fn set_version(&mut self, version: Version) {
        self.version = Some(version);
    }

    /// Sets what was kept of the body.
    pub(super) fn set_body(&mut self, body: Vec<u8>) {
        self.body = body;
    }
}

fn parse_length(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}
