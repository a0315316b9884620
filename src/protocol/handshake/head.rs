//! A complete head, split into its fields: one buffer and the places in it.

use std::ops::Range;

use crate::protocol::error::ErrorCode;
use crate::protocol::http::{HeadKind, HeadLimits, HeadReader};

/// The bytes of a head and where each field stands in them.
#[derive(Debug)]
pub(super) struct Head {
    bytes: Vec<u8>,
    fields: Vec<FieldSpan>,
}

#[derive(Debug)]
struct FieldSpan {
    name: Range<usize>,
    value: Range<usize>,
}

/// The parts of a request line.
pub(super) struct RequestLine {
    pub(super) method: Range<usize>,
    pub(super) target: Range<usize>,
}

/// The parts of a status line.
pub(super) struct StatusLine {
    pub(super) minor_version: u8,
    pub(super) status: u16,
    pub(super) phrase: Range<usize>,
}

/// Checks a head that did not come through a [`HeadReader`]: whole, well-formed, nothing behind it.
/// The number of fields and bytes is the caller's matter, who has them in memory already.
pub(super) fn check(kind: HeadKind, bytes: &[u8]) -> Result<(), ErrorCode> {
    let limits = HeadLimits { total_bytes: usize::MAX, line_bytes: usize::MAX, fields: usize::MAX };
    let fed = HeadReader::new(kind, limits).feed(bytes)?;
    if !fed.complete || fed.consumed != bytes.len() {
        return Err(ErrorCode::HandshakeMalformed);
    }
    Ok(())
}

impl Head {
    /// Splits the head of a request that a [`HeadReader`] let pass.
    pub(super) fn of_request(bytes: Vec<u8>) -> Result<(Head, RequestLine), ErrorCode> {
        let mut headers = vec![httparse::EMPTY_HEADER; count_lines(&bytes)];
        let mut request = httparse::Request::new(&mut headers);
        request.parse(&bytes).map_err(|_| ErrorCode::HandshakeMalformed)?;
        let line = RequestLine {
            method: span(&bytes, request.method.unwrap_or_default().as_bytes())?,
            target: span(&bytes, request.path.unwrap_or_default().as_bytes())?,
        };
        let fields = field_spans(&bytes, request.headers)?;
        Ok((Head { bytes, fields }, line))
    }

    /// Splits the head of a response that a [`HeadReader`] let pass.
    pub(super) fn of_response(bytes: Vec<u8>) -> Result<(Head, StatusLine), ErrorCode> {
        let mut headers = vec![httparse::EMPTY_HEADER; count_lines(&bytes)];
        let mut response = httparse::Response::new(&mut headers);
        response.parse(&bytes).map_err(|_| ErrorCode::HandshakeMalformed)?;
        let line = StatusLine {
            minor_version: response.version.unwrap_or_default(),
            status: response.code.unwrap_or_default(),
            phrase: span(&bytes, response.reason.unwrap_or_default().as_bytes())?,
        };
        let fields = field_spans(&bytes, response.headers)?;
        Ok((Head { bytes, fields }, line))
    }

    /// The text at this place, or nothing where it is not UTF-8.
    pub(super) fn text(&self, place: &Range<usize>) -> &str {
        std::str::from_utf8(self.slice(place)).unwrap_or_default()
    }

    /// The value of the `index`-th field of this name, whatever the case of the name.
    pub(super) fn field(&self, name: &str, index: usize) -> Option<&[u8]> {
        self.fields_named(name).nth(index)
    }

    /// The value of a field that must stand once: `Ok(None)` where it is missing, `Err` with
    /// `repeated` where it stands twice or is not ASCII.
    pub(super) fn single(
        &self,
        name: &str,
        repeated: ErrorCode,
    ) -> Result<Option<&str>, ErrorCode> {
        let mut values = self.fields_named(name);
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => ascii(value).ok_or(repeated).map(Some),
            (Some(_), Some(_)) => Err(repeated),
        }
    }

    /// The values of all fields of this name, in their order.
    pub(super) fn fields_named(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let is_named =
            move |field: &&FieldSpan| self.slice(&field.name).eq_ignore_ascii_case(name.as_bytes());
        self.fields.iter().filter(is_named).map(|field| self.slice(&field.value))
    }

    /// The number of fields.
    pub(super) fn count(&self) -> usize {
        self.fields.len()
    }

    /// Name and value of the field at this place.
    pub(super) fn at(&self, index: usize) -> Option<(&str, &[u8])> {
        let field = self.fields.get(index)?;
        Some((self.text(&field.name), self.slice(&field.value)))
    }

    fn slice(&self, place: &Range<usize>) -> &[u8] {
        self.bytes.get(place.clone()).unwrap_or_default()
    }
}

/// The bytes as text, where all are ASCII.
pub(super) fn ascii(bytes: &[u8]) -> Option<&str> {
    bytes.is_ascii().then(|| std::str::from_utf8(bytes).ok()).flatten()
}

/// At least as many lines as the head has fields.
fn count_lines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

fn field_spans(
    bytes: &[u8],
    headers: &[httparse::Header<'_>],
) -> Result<Vec<FieldSpan>, ErrorCode> {
    let spans = headers.iter().map(|header| {
        let name = span(bytes, header.name.as_bytes())?;
        Ok(FieldSpan { name, value: span(bytes, header.value)? })
    });
    spans.collect()
}

/// Where `part`, a piece of `whole`, stands in it.
fn span(whole: &[u8], part: &[u8]) -> Result<Range<usize>, ErrorCode> {
    if part.is_empty() {
        return Ok(0..0);
    }
    let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr());
    let start = start.ok_or(ErrorCode::HandshakeMalformed)?;
    Ok(start..start + part.len())
}
