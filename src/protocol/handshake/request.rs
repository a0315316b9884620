//! A request to open a connection, or an ordinary one that came to the same address.

use std::ops::Range;

use super::extension::{ExtensionOffer, parse_extensions};
use super::field_name::FieldName;
use super::head::{self, Head};
use super::host::Host;
use super::query::Parameters;
use super::target::Target;
use super::tokens::{elements, names, trim};
use crate::protocol::error::ErrorCode;
use crate::protocol::http::{HeadKind, WholeHead};
use crate::protocol::version::Version;

/// Extensions that one request may offer, over all its fields.
pub(super) const MAX_EXTENSIONS: usize = 16;

/// A request head that holds what RFC 9112 asks of every request: GET or HEAD, HTTP/1.1, a target
/// that names a path, one Host, no body. What WebSocket asks beyond that is not checked here.
#[derive(Debug)]
pub struct Request {
    head: Head,
    method: Range<usize>,
    target: Range<usize>,
    parts: Target,
}

impl Request {
    /// Reads a whole head, up to and with the empty line at its end.
    ///
    /// # Errors
    ///
    /// * `HandshakeMalformed`: no well-formed head, bytes behind it, or a target that names no path.
    /// * `HandshakeHttpVersion`: a version other than HTTP/1.1.
    /// * `HandshakeMethod`: a method other than GET and HEAD.
    /// * `HandshakeHost`: no Host, more than one, or no `host[:port]` in it (RFC 9112 section 3.2).
    /// * `HandshakeBody`: a Transfer-Encoding, or a Content-Length other than a single 0.
    pub fn parse(head: Vec<u8>) -> Result<Request, ErrorCode> {
        Request::from_head(head::read(HeadKind::Request, &head)?)
    }

    /// Like [`Request::parse`], for a head whose bytes have been checked as they came.
    pub(super) fn from_head(head: WholeHead) -> Result<Request, ErrorCode> {
        let (head, line) = Head::of_request(head)?;
        if !matches!(head.text(&line.method), "GET" | "HEAD") {
            return Err(ErrorCode::HandshakeMethod);
        }
        let parts = Target::parse(head.text(&line.target))?;
        check_host(&head)?;
        check_body(&head)?;
        Ok(Request { head, method: line.method, target: line.target, parts })
    }

    /// The method: `GET` or `HEAD`.
    pub fn method(&self) -> &str {
        self.head.text(&self.method)
    }

    /// The target as it came, in origin or absolute form.
    pub fn target(&self) -> &str {
        self.head.text(&self.target)
    }

    /// The path, percent-encoded as it came; at least `/`.
    pub fn path(&self) -> &str {
        match self.part(&self.parts.path) {
            "" => "/",
            path => path,
        }
    }

    /// What follows the question mark, percent-encoded as it came.
    pub fn query(&self) -> Option<&str> {
        self.parts.query.as_ref().map(|query| self.part(query))
    }

    /// The host and port that the request is for. A target in absolute form wins over the Host field
    /// (RFC 9112 section 3.2.2).
    pub fn host(&self) -> &str {
        match &self.parts.authority {
            Some(authority) => self.part(authority),
            None => self.head.first_text(FieldName::Host).unwrap_or_default(),
        }
    }

    /// The origin, where it is ASCII: that of the first field in which the version has it, or else of
    /// the first Origin field, as late clients of version 8 say.
    pub fn origin(&self) -> Option<&str> {
        let name = self.version().info().map_or("Origin", |info| info.origin_field);
        let field = self.head.field(name, 0).or_else(|| self.head.first(FieldName::Origin));
        field.and_then(head::ascii)
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

    /// Whether the request is meant to open a WebSocket connection: it asks to upgrade to websocket,
    /// or has a Sec-WebSocket-Key or -Version field. It may still break the rules for that.
    pub fn is_upgrade(&self) -> bool {
        self.head.all(FieldName::Upgrade).any(|field| names(field, "websocket"))
            || self.head.has(FieldName::Key)
            || self.head.has(FieldName::Version)
    }

    /// The version of the protocol; `Unknown` also where the field is repeated. A request without
    /// it is of version 0 if it has one of the fields that only version 0 has.
    pub fn version(&self) -> Version {
        match self.head.single(FieldName::Version, ErrorCode::HandshakeVersion) {
            Ok(Some(text)) => Version::from_field(text),
            Ok(None) if self.is_of_version_0() => Version::V0,
            Ok(None) | Err(_) => Version::Unknown,
        }
    }

    fn is_of_version_0(&self) -> bool {
        match self.head.first(FieldName::Draft) {
            Some(draft) => draft == b"0",
            None => self.head.has(FieldName::Key1) || self.head.has(FieldName::Key2),
        }
    }

    /// The subprotocols of the request, in the order of the client's preference. What is not ASCII
    /// is left out.
    pub fn subprotocols(&self) -> impl Iterator<Item = &str> {
        let lists = self.head.all(FieldName::Subprotocol);
        lists.flat_map(elements).filter_map(head::ascii)
    }

    /// The parameters of the query, decoded anew with each call.
    pub fn parameters(&self) -> Parameters {
        Parameters::parse(self.query().unwrap_or_default())
    }

    /// The value of the first cookie of this name, as it came (RFC 6265 section 4.2): neither quotes
    /// nor percent signs mean anything in it.
    pub fn cookie(&self, name: &str) -> Option<&[u8]> {
        let fields = self.head.fields_named("Cookie");
        let pairs = fields.flat_map(|field| field.split(|byte| *byte == b';'));
        pairs.map(trim).find_map(|pair| {
            let mark = pair.iter().position(|byte| *byte == b'=')?;
            let (found, value) = pair.split_at_checked(mark)?;
            (trim(found) == name.as_bytes()).then(|| trim(value.get(1..).unwrap_or_default()))
        })
    }

    /// The extensions of the request in the order of the client's preference, read anew with each
    /// call, at most as many as an opening request may offer. A field that cannot be read has none.
    pub fn extensions(&self) -> Vec<ExtensionOffer> {
        let fields = self.head.all(FieldName::Extensions).filter_map(head::ascii);
        let offers = fields.filter_map(|field| parse_extensions(field).ok()).flatten();
        offers.take(MAX_EXTENSIONS).collect()
    }

    /// The fields, for the rules of the handshake.
    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    fn part(&self, place: &Range<usize>) -> &str {
        self.target().get(place.clone()).unwrap_or_default()
    }
}

fn check_host(head: &Head) -> Result<(), ErrorCode> {
    let host = head.single(FieldName::Host, ErrorCode::HandshakeHost)?;
    host.and_then(Host::parse).map(drop).ok_or(ErrorCode::HandshakeHost)
}

fn check_body(head: &Head) -> Result<(), ErrorCode> {
    let length = head.single(FieldName::ContentLength, ErrorCode::HandshakeBody)?;
    let is_empty = length.is_none_or(|digits| digits == "0");
    if !is_empty || head.has(FieldName::TransferEncoding) {
        return Err(ErrorCode::HandshakeBody);
    }
    Ok(())
}
