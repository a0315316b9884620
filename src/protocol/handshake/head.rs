//! A complete head, split into its fields: one buffer and the places in it.

use std::ops::Range;

use super::tokens::trim;
use crate::protocol::error::ErrorCode;
use crate::protocol::http::{FieldPlace, HeadKind, HeadLimits, HeadReader, WholeHead};

/// What follows the target in the line of a request.
const VERSION_BYTES: usize = b" HTTP/1.1".len();

/// The first bytes of a response, in which its status stands.
const STATUS_BYTES: usize = b"HTTP/1.1 200".len();

/// The bytes of a head and where each field stands in them.
#[derive(Debug)]
pub(super) struct Head {
    bytes: Vec<u8>,
    fields: Vec<FieldPlace>,
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

/// Reads a head that lies there whole, and nothing behind it. The number of fields and bytes is the
/// caller's matter, who has them in memory already.
pub(super) fn read(kind: HeadKind, bytes: &[u8]) -> Result<WholeHead, ErrorCode> {
    let limits = HeadLimits { total_bytes: usize::MAX, line_bytes: usize::MAX, fields: usize::MAX };
    let mut reader = HeadReader::new(kind, limits);
    let fed = reader.feed(bytes)?;
    if !fed.complete || fed.consumed != bytes.len() {
        return Err(ErrorCode::HandshakeMalformed);
    }
    Ok(reader.into_head())
}

impl Head {
    /// Splits the head of a request.
    pub(super) fn of_request(head: WholeHead) -> Result<(Head, RequestLine), ErrorCode> {
        let head = Head { bytes: head.bytes, fields: head.fields };
        let line = head.request_line().ok_or(ErrorCode::HandshakeMalformed)?;
        Ok((head, line))
    }

    /// Splits the head of a response.
    pub(super) fn of_response(head: WholeHead) -> Result<(Head, StatusLine), ErrorCode> {
        let head = Head { bytes: head.bytes, fields: head.fields };
        let line = head.status_line().ok_or(ErrorCode::HandshakeMalformed)?;
        Ok((head, line))
    }

    /// The first line without its end.
    fn first_line(&self) -> Option<&[u8]> {
        let end = match self.fields.first() {
            Some(field) => field.start.checked_sub(b"\r\n".len()),
            None => self.bytes.len().checked_sub(b"\r\n\r\n".len()),
        };
        self.bytes.get(..end?)
    }

    fn request_line(&self) -> Option<RequestLine> {
        let line = self.first_line()?;
        let method = line.iter().position(|byte| *byte == b' ')?;
        let target = method + 1..line.len().checked_sub(VERSION_BYTES)?;
        Some(RequestLine { method: 0..method, target })
    }

    fn status_line(&self) -> Option<StatusLine> {
        let line = self.first_line()?;
        let (start, phrase) = line.split_at_checked(STATUS_BYTES)?;
        let [.., minor_version, b' ', hundreds, tens, ones] = start else {
            return None;
        };
        let digits = [hundreds, tens, ones];
        let status = digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(**digit & 0xF));
        // Behind a space, and bytes beyond ASCII mean nothing in particular.
        let phrase = match phrase {
            [b' ', text @ ..] if text.is_ascii() => STATUS_BYTES + 1..line.len(),
            _ => 0..0,
        };
        Some(StatusLine { minor_version: minor_version & 0xF, status, phrase })
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
        let is_named = move |field: &&FieldPlace| {
            field.colon - field.start == name.len()
                && self.slice(&(field.start..field.colon)).eq_ignore_ascii_case(name.as_bytes())
        };
        self.fields.iter().filter(is_named).map(|field| self.value(field))
    }

    /// The number of fields.
    pub(super) fn count(&self) -> usize {
        self.fields.len()
    }

    /// Name and value of the field at this place.
    pub(super) fn at(&self, index: usize) -> Option<(&str, &[u8])> {
        let field = self.fields.get(index)?;
        Some((self.text(&(field.start..field.colon)), self.value(field)))
    }

    /// The value of a field, without the spaces around it (RFC 9110 section 5.5).
    fn value(&self, field: &FieldPlace) -> &[u8] {
        trim(self.slice(&(field.colon + 1..field.end)))
    }

    fn slice(&self, place: &Range<usize>) -> &[u8] {
        self.bytes.get(place.clone()).unwrap_or_default()
    }
}

/// The bytes as text, where all are ASCII.
pub(super) fn ascii(bytes: &[u8]) -> Option<&str> {
    bytes.is_ascii().then(|| std::str::from_utf8(bytes).ok()).flatten()
}
