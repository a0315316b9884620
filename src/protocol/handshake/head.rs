//! A complete head, split into its fields: one buffer and the places in it.

use std::ops::Range;
use std::string::FromUtf8Error;

use super::field_name::{FieldIndex, FieldName, Found};
use super::tokens::{trim_end, trim_start};
use crate::protocol::error::ErrorCode;
use crate::protocol::http::{FieldPlace, HeadKind, HeadLimits, HeadReader, WholeHead};

/// What follows the target in the line of a request.
const VERSION_BYTES: usize = b" HTTP/1.1".len();

/// The first bytes of a response, in which its status stands.
const STATUS_BYTES: usize = b"HTTP/1.1 200".len();

/// The bytes of a head and where each field stands in them.
#[derive(Debug)]
pub(super) struct Head {
    text: Text,
    fields: Vec<FieldPlace>,
    index: FieldIndex,
}

/// The bytes of a head. Nearly all are ASCII, which is found out once instead of for each part.
#[derive(Debug)]
enum Text {
    Ascii(String),
    Other(Vec<u8>),
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
        let head = Head::new(head);
        let line = head.request_line().ok_or(ErrorCode::HandshakeMalformed)?;
        Ok((head, line))
    }

    /// Splits the head of a response.
    pub(super) fn of_response(head: WholeHead) -> Result<(Head, StatusLine), ErrorCode> {
        let head = Head::new(head);
        let line = head.status_line().ok_or(ErrorCode::HandshakeMalformed)?;
        Ok((head, line))
    }

    fn new(head: WholeHead) -> Head {
        let index = FieldIndex::new(&head.bytes, &head.fields);
        let text = match head.bytes.is_ascii() {
            true => String::from_utf8(head.bytes).map_err(FromUtf8Error::into_bytes),
            false => Err(head.bytes),
        };
        let text = text.map_or_else(Text::Other, Text::Ascii);
        Head { text, fields: head.fields, index }
    }

    fn bytes(&self) -> &[u8] {
        match &self.text {
            Text::Ascii(text) => text.as_bytes(),
            Text::Other(bytes) => bytes,
        }
    }

    /// The first line without its end.
    fn first_line(&self) -> Option<&[u8]> {
        let bytes = self.bytes();
        let end = match self.fields.first() {
            Some(field) => field.start.checked_sub(b"\r\n".len()),
            None => bytes.len().checked_sub(b"\r\n\r\n".len()),
        };
        bytes.get(..end?)
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
        match &self.text {
            Text::Ascii(text) => text.get(place.clone()).unwrap_or_default(),
            Text::Other(_) => std::str::from_utf8(self.slice(place)).unwrap_or_default(),
        }
    }

    /// The value of the `index`-th field of this name, whatever the case of the name.
    pub(super) fn field(&self, name: &str, index: usize) -> Option<&[u8]> {
        self.fields_named(name).nth(index)
    }

    /// The values of all fields of this name, whatever its case, in their order.
    pub(super) fn fields_named(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let is_named = move |field: &&FieldPlace| {
            field.colon - field.start == name.len()
                && self.slice(&(field.start..field.colon)).eq_ignore_ascii_case(name.as_bytes())
        };
        self.fields.iter().filter(is_named).map(|field| self.slice(&self.value_place(field)))
    }

    /// The value of a field that must stand once: `Ok(None)` where it is missing, `Err` with
    /// `repeated` where it stands twice or is not ASCII.
    pub(super) fn single(
        &self,
        name: FieldName,
        repeated: ErrorCode,
    ) -> Result<Option<&str>, ErrorCode> {
        match self.index.find(name) {
            Found::Nowhere => Ok(None),
            Found::Once(at) => {
                let value = self.fields.get(at).map(|field| self.value_place(field));
                value.and_then(|place| self.ascii(&place)).ok_or(repeated).map(Some)
            }
            Found::Repeatedly(_) => Err(repeated),
        }
    }

    /// Whether the field is there.
    pub(super) fn has(&self, name: FieldName) -> bool {
        self.index.find(name) != Found::Nowhere
    }

    /// The value of the first of these fields.
    pub(super) fn first(&self, name: FieldName) -> Option<&[u8]> {
        self.first_place(name).map(|place| self.slice(&place))
    }

    /// The value of the first of these fields, where it is ASCII.
    pub(super) fn first_text(&self, name: FieldName) -> Option<&str> {
        let place = self.first_place(name)?;
        self.ascii(&place)
    }

    /// The values of all of these fields, in their order.
    pub(super) fn all(&self, name: FieldName) -> impl Iterator<Item = &[u8]> {
        let (fields, is_once) = match self.index.find(name) {
            Found::Nowhere => (None, true),
            Found::Once(at) => (self.fields.get(at..=at), true),
            Found::Repeatedly(at) => (self.fields.get(at..), false),
        };
        let is_named = move |field: &&FieldPlace| {
            is_once || name.is_named(self.slice(&(field.start..field.colon)))
        };
        let fields = fields.unwrap_or_default().iter().filter(is_named);
        fields.map(|field| self.slice(&self.value_place(field)))
    }

    /// The number of fields.
    pub(super) fn count(&self) -> usize {
        self.fields.len()
    }

    /// Name and value of the field at this place.
    pub(super) fn at(&self, index: usize) -> Option<(&str, &[u8])> {
        let field = self.fields.get(index)?;
        let value = self.slice(&self.value_place(field));
        Some((self.text(&(field.start..field.colon)), value))
    }

    fn first_place(&self, name: FieldName) -> Option<Range<usize>> {
        match self.index.find(name) {
            Found::Nowhere => None,
            Found::Once(at) | Found::Repeatedly(at) => {
                self.fields.get(at).map(|field| self.value_place(field))
            }
        }
    }

    /// Where the value of a field stands, without the spaces around it (RFC 9110 section 5.5).
    fn value_place(&self, field: &FieldPlace) -> Range<usize> {
        let value = trim_start(self.slice(&(field.colon + 1..field.end)));
        let start = field.end - value.len();
        start..start + trim_end(value).len()
    }

    /// The text at this place, where all of it is ASCII.
    fn ascii(&self, place: &Range<usize>) -> Option<&str> {
        match &self.text {
            Text::Ascii(text) => text.get(place.clone()),
            Text::Other(_) => ascii(self.slice(place)),
        }
    }

    fn slice(&self, place: &Range<usize>) -> &[u8] {
        self.bytes().get(place.clone()).unwrap_or_default()
    }
}

/// The bytes as text, where all are ASCII.
pub(super) fn ascii(bytes: &[u8]) -> Option<&str> {
    bytes.is_ascii().then(|| std::str::from_utf8(bytes).ok()).flatten()
}
