//! The fields that the rules of the handshake ask for, and where each stands in a head: found out once,
//! since one head is asked a dozen times. What they hold is not looked at here.

use crate::protocol::http::FieldPlace;

/// A field that the rules ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldName {
    Host,
    Upgrade,
    Connection,
    Origin,
    Key,
    Accept,
    Version,
    Subprotocol,
    Extensions,
    /// The origin in the versions 4 to 8.
    EarlyOrigin,
    /// What only version 0 has.
    Draft,
    Key1,
    Key2,
    ContentLength,
    TransferEncoding,
}

use FieldName::{
    Accept, Connection, ContentLength, Draft, EarlyOrigin, Extensions, Host, Key, Key1, Key2,
    Origin, Subprotocol, TransferEncoding, Upgrade, Version,
};

/// How many there are.
const COUNT: usize = TransferEncoding as usize + 1;

impl FieldName {
    /// The name as it is written.
    fn text(self) -> &'static str {
        match self {
            Host => "Host",
            Upgrade => "Upgrade",
            Connection => "Connection",
            Origin => "Origin",
            Key => "Sec-WebSocket-Key",
            Accept => "Sec-WebSocket-Accept",
            Version => "Sec-WebSocket-Version",
            Subprotocol => "Sec-WebSocket-Protocol",
            Extensions => "Sec-WebSocket-Extensions",
            EarlyOrigin => "Sec-WebSocket-Origin",
            Draft => "Sec-WebSocket-Draft",
            Key1 => "Sec-WebSocket-Key1",
            Key2 => "Sec-WebSocket-Key2",
            ContentLength => "Content-Length",
            TransferEncoding => "Transfer-Encoding",
        }
    }

    /// The field of this name, whatever its case.
    fn of(name: &[u8]) -> Option<FieldName> {
        // By length, as most names of a head are none of these.
        let candidates: &[FieldName] = match name.len() {
            4 => &[Host],
            6 => &[Origin],
            7 => &[Upgrade],
            10 => &[Connection],
            14 => &[ContentLength],
            17 => &[Key, TransferEncoding],
            18 => &[Key1, Key2],
            19 => &[Draft],
            20 => &[Accept, EarlyOrigin],
            21 => &[Version],
            22 => &[Subprotocol],
            24 => &[Extensions],
            _ => &[],
        };
        candidates.iter().copied().find(|known| known.is_named(name))
    }

    /// Whether the name is that of this field, whatever its case.
    pub(super) fn is_named(self, name: &[u8]) -> bool {
        let text = self.text().as_bytes();
        // Nearly all write it like this, and that is compared in words.
        name == text || name.eq_ignore_ascii_case(text)
    }
}

/// Where the fields that the rules ask for stand in a head.
#[derive(Debug)]
pub(super) struct FieldIndex {
    /// The place of the first field of each name among all fields, or [`ABSENT`].
    first: [u32; COUNT],
    /// Bit `n` is set where the name of the number `n` stands more than once.
    repeated: u16,
}

/// No place; a head has fewer fields, as it takes 4 GiB for so many.
const ABSENT: u32 = u32::MAX;

/// How often a field stands in a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Not at all.
    Nowhere,
    /// Once, at this place among the fields.
    Once(usize),
    /// More than once, for the first time at this place.
    Repeatedly(usize),
}

impl FieldIndex {
    /// The index of a head.
    pub(super) fn new(head: &[u8], fields: &[FieldPlace]) -> FieldIndex {
        let mut index = FieldIndex { first: [ABSENT; COUNT], repeated: 0 };
        for (field, place) in fields.iter().zip(0..ABSENT) {
            if let Some(name) = head.get(field.start..field.colon).and_then(FieldName::of) {
                index.add(name, place);
            }
        }
        index
    }

    fn add(&mut self, name: FieldName, place: u32) {
        match self.first.get_mut(name as usize) {
            Some(first) if *first == ABSENT => *first = place,
            _ => self.repeated |= 1 << name as u32,
        }
    }

    /// How often the field stands in the head.
    pub(super) fn find(&self, name: FieldName) -> Found {
        match self.first.get(name as usize) {
            None | Some(&ABSENT) => Found::Nowhere,
            Some(first) if self.repeated & 1 << name as u32 != 0 => {
                Found::Repeatedly(*first as usize)
            }
            Some(first) => Found::Once(*first as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FieldName;

    /// Of each name: itself, in another case, and what is nearly the same.
    #[test]
    fn c09_fields_are_known_by_their_whole_name_in_any_case() {
        let names = [
            (FieldName::Host, "Host"),
            (FieldName::Upgrade, "Upgrade"),
            (FieldName::Connection, "Connection"),
            (FieldName::Origin, "Origin"),
            (FieldName::Key, "Sec-WebSocket-Key"),
            (FieldName::Accept, "Sec-WebSocket-Accept"),
            (FieldName::Version, "Sec-WebSocket-Version"),
            (FieldName::Subprotocol, "Sec-WebSocket-Protocol"),
            (FieldName::Extensions, "Sec-WebSocket-Extensions"),
            (FieldName::EarlyOrigin, "Sec-WebSocket-Origin"),
            (FieldName::Draft, "Sec-WebSocket-Draft"),
            (FieldName::Key1, "Sec-WebSocket-Key1"),
            (FieldName::Key2, "Sec-WebSocket-Key2"),
            (FieldName::ContentLength, "Content-Length"),
            (FieldName::TransferEncoding, "Transfer-Encoding"),
        ];
        assert_eq!(names.len(), super::COUNT);
        for (name, text) in names {
            for same in [text.into(), text.to_lowercase(), text.to_uppercase()] {
                assert_eq!(FieldName::of(same.as_bytes()), Some(name), "{same}");
            }
            let (start, end) = (&text[..text.len() - 1], &text[1..]);
            for other in [end.into(), format!("{text}~"), format!("{start}~"), format!("!{end}")] {
                assert_eq!(FieldName::of(other.as_bytes()), None, "{other}");
            }
        }
    }
}
