//! A complete head, split into its fields: one buffer and the places in it.

use std::ops::Range;

use crate::protocol::error::ErrorCode;
use crate::protocol::http::{HeadKind, HeadLimits, HeadReader};

/// Fields for which there is room without asking for memory.
const FEW_FIELDS: usize = 32;

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

impl RequestLine {
    fn of(request: &httparse::Request<'_, '_>, bytes: &[u8]) -> Option<RequestLine> {
        let method = span(bytes, request.method.unwrap_or_default().as_bytes())?;
        let target = span(bytes, request.path.unwrap_or_default().as_bytes())?;
        Some(RequestLine { method, target })
    }
}

/// The parts of a status line.
pub(super) struct StatusLine {
    pub(super) minor_version: u8,
    pub(super) status: u16,
    pub(super) phrase: Range<usize>,
}

impl StatusLine {
    fn of(response: &httparse::Response<'_, '_>, bytes: &[u8]) -> Option<StatusLine> {
        let phrase = span(bytes, response.reason.unwrap_or_default().as_bytes())?;
        let minor_version = response.version.unwrap_or_default();
        Some(StatusLine { minor_version, status: response.code.unwrap_or_default(), phrase })
    }
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
        let (line, fields) = with_room(&bytes, |headers, bytes| {
            let mut request = httparse::Request::new(headers);
            request.parse(bytes)?;
            Ok(RequestLine::of(&request, bytes).zip(field_spans(bytes, request.headers)))
        })?;
        Ok((Head { bytes, fields }, line))
    }

    /// Splits the head of a response that a [`HeadReader`] let pass.
    pub(super) fn of_response(bytes: Vec<u8>) -> Result<(Head, StatusLine), ErrorCode> {
        let (line, fields) = with_room(&bytes, |headers, bytes| {
            let mut response = httparse::Response::new(headers);
            response.parse(bytes)?;
            Ok(StatusLine::of(&response, bytes).zip(field_spans(bytes, response.headers)))
        })?;
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
        // Most names differ in length, which needs no look at them.
        let is_named = move |field: &&FieldSpan| {
            field.name.len() == name.len()
                && self.slice(&field.name).eq_ignore_ascii_case(name.as_bytes())
        };
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

/// Lets `split` do its work with room for the fields of a head: for few, as nearly all heads have, and
/// if there are more, for all.
fn with_room<'b, R>(
    bytes: &'b [u8],
    split: impl Fn(&mut [httparse::Header<'b>], &'b [u8]) -> Result<Option<R>, httparse::Error>,
) -> Result<R, ErrorCode> {
    let mut done = split(&mut [httparse::EMPTY_HEADER; FEW_FIELDS], bytes);
    if done.as_ref().is_err_and(|error| *error == httparse::Error::TooManyHeaders) {
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        done = split(&mut vec![httparse::EMPTY_HEADER; lines], bytes);
    }
    done.ok().flatten().ok_or(ErrorCode::HandshakeMalformed)
}

fn field_spans(bytes: &[u8], headers: &[httparse::Header<'_>]) -> Option<Vec<FieldSpan>> {
    let mut spans = Vec::with_capacity(headers.len());
    for header in headers {
        let name = span(bytes, header.name.as_bytes())?;
        spans.push(FieldSpan { name, value: span(bytes, header.value)? });
    }
    Some(spans)
}

/// Where `part`, a piece of `whole`, stands in it.
fn span(whole: &[u8], part: &[u8]) -> Option<Range<usize>> {
    if part.is_empty() {
        return Some(0..0);
    }
    let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    Some(start..start + part.len())
}
