//! Header fields that an application adds to a head which the library writes.

use std::fmt;

use super::credentials::{HIDDEN, is_secret};
use super::tokens::is_token;
use crate::protocol::characters::is_text_byte;
use crate::protocol::error::ErrorCode;

/// Fields that may be written as they are: each has been checked.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(Box<str>, Box<str>)>);

impl fmt::Debug for Fields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |(name, value)| (name, if is_secret(name) { HIDDEN } else { value });
        formatter.debug_map().entries(self.iter().map(shown)).finish()
    }
}

impl Fields {
    /// Adds a field behind those that are there; a name may come more than once.
    ///
    /// # Errors
    ///
    /// `InvalidHeader`: see [`check_header`].
    pub fn add(&mut self, name: &str, value: &str) -> Result<(), ErrorCode> {
        check_header(name, value)?;
        self.0.push((name.into(), value.into()));
        Ok(())
    }

    /// Adds a field of the library's own, whose text is known to be right.
    pub(super) fn add_fixed(&mut self, name: &'static str, value: &'static str) {
        self.0.push((name.into(), value.into()));
    }

    /// Sets the only field of this name: at the place of the first one that is there, or behind all.
    ///
    /// # Errors
    ///
    /// `InvalidHeader`: see [`check_header`].
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), ErrorCode> {
        check_header(name, value)?;
        let place = self.iter().position(|(known, _)| known.eq_ignore_ascii_case(name));
        self.remove(name);
        let place = place.unwrap_or(self.0.len());
        self.0.insert(place, (name.into(), value.into()));
        Ok(())
    }

    /// Removes all fields of this name, whatever the case of the name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    /// The value of the `index`-th field of this name, whatever the case of the name.
    pub fn get(&self, name: &str, index: usize) -> Option<&str> {
        let named = self.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value).nth(index)
    }

    /// The number of fields.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Name and value of the field at this place, counted from 0.
    pub fn at(&self, index: usize) -> Option<(&str, &str)> {
        self.0.get(index).map(|(name, value)| (&**name, &**value))
    }

    /// Name and value of each field, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Appends the lines.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for (name, value) in self.iter() {
            write_field(name, value.as_bytes(), out);
        }
    }
}

/// Whether an application may have this field written: nothing in it can end its line, and the
/// library does not write that field itself.
///
/// # Errors
///
/// `InvalidHeader`: the name is no token; the value has a control character other than a tab, or a
/// space or tab at either end; or the field is one of Connection, Upgrade, Content-Length,
/// Transfer-Encoding and Sec-WebSocket-*.
pub fn check_header(name: &str, value: &str) -> Result<(), ErrorCode> {
    if !is_token(name) || is_written_by_library(name) || !is_value(value) {
        return Err(ErrorCode::InvalidHeader);
    }
    Ok(())
}

/// Whether the text can stand as a field value or a phrase.
pub(super) fn is_value(text: &str) -> bool {
    text.bytes().all(is_text_byte) && text.trim_matches([' ', '\t']).len() == text.len()
}

/// Appends one line.
pub(super) fn write_field(name: &str, value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

fn is_written_by_library(name: &str) -> bool {
    const PREFIX: &str = "sec-websocket-";
    const NAMES: [&str; 4] = ["connection", "upgrade", "content-length", "transfer-encoding"];
    NAMES.iter().any(|written| name.eq_ignore_ascii_case(written))
        || name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

#[cfg(test)]
mod tests {
    use super::{Fields, check_header};
    use crate::protocol::error::ErrorCode;

    #[test]
    fn fields_are_set_and_removed_whatever_the_case_of_their_name() {
        let mut fields = Fields::default();
        for (name, value) in [("A", "1"), ("B", "2"), ("a", "3"), ("C", "4")] {
            fields.add(name, value).unwrap();
        }
        assert_eq!((fields.count(), fields.at(2), fields.at(4)), (4, Some(("a", "3")), None));
        assert_eq!((fields.get("a", 1), fields.get("a", 2)), (Some("3"), None));
        fields.set("a", "5").unwrap();
        fields.set("D", "6").unwrap();
        let all = |fields: &Fields| {
            fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
        };
        assert_eq!(all(&fields), ["a=5", "B=2", "C=4", "D=6"]);
        fields.remove("b");
        fields.remove("X");
        assert_eq!(all(&fields), ["a=5", "C=4", "D=6"]);
        assert_eq!(fields.set("C", "x\r\ny"), Err(ErrorCode::InvalidHeader));
        assert_eq!(fields.set("Upgrade", "x"), Err(ErrorCode::InvalidHeader));
        assert_eq!(all(&fields), ["a=5", "C=4", "D=6"]);
    }

    #[test]
    fn c11_nothing_can_end_its_line() {
        let right = [
            ("X-Name", "value"),
            ("Cookie", "a=b; c=d"),
            ("Set-Cookie", "a"),
            ("X", ""),
            ("X", "a\tb"),
            ("X", "\u{e4}"),
            ("Sec-WebSocketX", "a"),
            ("Sec-Fetch-Site", "a"),
            ("Connections", "a"),
        ];
        for (name, value) in right {
            assert_eq!(check_header(name, value), Ok(()), "{name:?}: {value:?}");
        }
        let wrong = [
            ("", "a"),
            ("X Y", "a"),
            ("X:", "a"),
            ("X\r\nY", "a"),
            ("\u{e4}", "a"),
            ("X\0", "a"),
            ("X", "a\r\nY: b"),
            ("X", "a\rb"),
            ("X", "a\nb"),
            ("X", "a\0"),
            ("X", "\u{b}"),
            ("X", "\u{7f}"),
            ("X", " a"),
            ("X", "a "),
            ("X", "\ta"),
            ("X", "a\t"),
            ("Connection", "a"),
            ("UPGRADE", "a"),
            ("content-length", "1"),
            ("Transfer-Encoding", "chunked"),
            ("Sec-WebSocket-Accept", "a"),
            ("sec-websocket-protocol", "a"),
            ("SEC-WEBSOCKET-", "a"),
            ("Sec-WebSocket-Anything", "a"),
        ];
        for (name, value) in wrong {
            let mut fields = Fields::default();
            let want = Err(ErrorCode::InvalidHeader);
            assert_eq!(check_header(name, value), want, "{name:?}: {value:?}");
            assert_eq!(fields.add(name, value), want, "{name:?}: {value:?}");
            assert_eq!(fields, Fields::default());
        }
    }
}
