//! JSON (RFC 8259) for what this library describes: written only, compact, the same text each time.
//!
//! Nothing here knows what is described. What a peer sent is text like any other: it cannot end a
//! string, and bytes that are not UTF-8 are replaced by U+FFFD.

use core::fmt::Write;

/// Puts one JSON text together. Commas and quotes are its own matter; that each name of an object is
/// followed by one value is the caller's.
#[derive(Debug, Default)]
pub struct JsonWriter {
    text: String,
    /// Whether a value has been written in the object or array that is open.
    is_behind_value: bool,
}

impl JsonWriter {
    /// A writer that has written nothing.
    pub fn new() -> JsonWriter {
        JsonWriter::default()
    }

    /// What has been written.
    pub fn into_text(self) -> String {
        self.text
    }

    /// An object; `members` writes a name and a value for each of its members.
    pub fn object(&mut self, members: impl FnOnce(&mut JsonWriter)) {
        self.nested('{', '}', members);
    }

    /// An array; `elements` writes its values.
    pub fn array(&mut self, elements: impl FnOnce(&mut JsonWriter)) {
        self.nested('[', ']', elements);
    }

    /// The name of a member, whose value is written next.
    pub fn name(&mut self, name: impl AsRef<[u8]>) -> &mut JsonWriter {
        self.separate();
        self.quote(name.as_ref());
        self.text.push(':');
        self.is_behind_value = false;
        self
    }

    /// A string.
    pub fn string(&mut self, bytes: impl AsRef<[u8]>) {
        self.separate();
        self.quote(bytes.as_ref());
    }

    /// A string, or null where there is none.
    pub fn optional_string(&mut self, bytes: Option<impl AsRef<[u8]>>) {
        match bytes {
            Some(bytes) => self.string(bytes),
            None => self.null(),
        }
    }

    /// A whole number.
    pub fn number(&mut self, number: impl Into<i128>) {
        self.separate();
        // Writing to a string does not fail.
        let _ = write!(self.text, "{}", number.into());
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, is_true: bool) {
        self.literal(if is_true { "true" } else { "false" });
    }

    /// `null`.
    pub fn null(&mut self) {
        self.literal("null");
    }

    fn nested(&mut self, open: char, close: char, inside: impl FnOnce(&mut JsonWriter)) {
        self.separate();
        self.text.push(open);
        self.is_behind_value = false;
        inside(self);
        self.text.push(close);
        self.is_behind_value = true;
    }

    fn literal(&mut self, literal: &str) {
        self.separate();
        self.text.push_str(literal);
    }

    /// The comma behind the value before this one.
    fn separate(&mut self) {
        if self.is_behind_value {
            self.text.push(',');
        }
        self.is_behind_value = true;
    }

    fn quote(&mut self, bytes: &[u8]) {
        self.text.push('"');
        for character in String::from_utf8_lossy(bytes).chars() {
            self.escape(character);
        }
        self.text.push('"');
    }

    fn escape(&mut self, character: char) {
        match character {
            '"' => self.text.push_str("\\\""),
            '\\' => self.text.push_str("\\\\"),
            '\n' => self.text.push_str("\\n"),
            '\r' => self.text.push_str("\\r"),
            '\t' => self.text.push_str("\\t"),
            // JSON allows most of these; what shows the text as a line should not get them.
            '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                let _ = write!(self.text, "\\u{:04x}", u32::from(character));
            }
            character => self.text.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::JsonWriter;

    fn written(write: impl FnOnce(&mut JsonWriter)) -> String {
        let mut json = JsonWriter::new();
        write(&mut json);
        json.into_text()
    }

    #[test]
    fn strings_are_escaped() {
        let cases: &[(&[u8], &str)] = &[
            (b"", r#""""#),
            (b"plain /text", r#""plain /text""#),
            (b"\"\\", r#""\"\\""#),
            (b"\n\r\t", r#""\n\r\t""#),
            (b"\0\x01\x08\x0c\x1b\x1f ", r#""\u0000\u0001\u0008\u000c\u001b\u001f ""#),
            (b"\x7e\x7f", r#""~\u007f""#),
            (b"\xc2\x85\xc2\x9b\xc2\xa0", "\"\\u0085\\u009b\u{a0}\""),
            ("\u{e4}\u{2030}\u{1f600}".as_bytes(), "\"\u{e4}\u{2030}\u{1f600}\""),
            // What ends a line or turns it round: U+2028, U+202E, U+2067 and U+061C.
            (b"\xe2\x80\xa8\xe2\x80\xae", r#""\u2028\u202e""#),
            (b"\xe2\x81\xa7\xd8\x9c", r#""\u2067\u061c""#),
            (b"a\xffb", "\"a\u{fffd}b\""),
            (b"\xe2\x82", "\"\u{fffd}\""),
            (b"\xed\xa0\x80", "\"\u{fffd}\u{fffd}\u{fffd}\""),
            (b"\xc0\xa2", "\"\u{fffd}\u{fffd}\""),
        ];
        for (bytes, want) in cases {
            assert_eq!(written(|json| json.string(bytes)), *want, "{bytes:?}");
        }
    }

    #[test]
    fn numbers_and_literals_are_written_as_they_are() {
        assert_eq!(written(|json| json.number(0_u8)), "0");
        assert_eq!(written(|json| json.number(-1_i32)), "-1");
        assert_eq!(written(|json| json.number(u64::MAX)), "18446744073709551615");
        assert_eq!(written(|json| json.boolean(true)), "true");
        assert_eq!(written(|json| json.boolean(false)), "false");
        assert_eq!(written(JsonWriter::null), "null");
        assert_eq!(written(|json| json.optional_string(Some("a"))), "\"a\"");
        assert_eq!(written(|json| json.optional_string(None::<&str>)), "null");
    }

    #[test]
    fn values_nest_with_the_commas_that_they_need() {
        assert_eq!(written(|json| json.object(|_| {})), "{}");
        assert_eq!(written(|json| json.array(|_| {})), "[]");
        let text = written(|json| {
            json.object(|json| {
                json.name("a").number(1);
                json.name("b\"").array(|json| {
                    json.array(|json| {
                        json.string("x");
                        json.null();
                    });
                    json.object(|json| json.name("y").boolean(true));
                    json.array(|_| {});
                });
                json.name("c").object(|_| {});
                json.name("d").string("end");
            });
        });
        assert_eq!(text, r#"{"a":1,"b\"":[["x",null],{"y":true},[]],"c":{},"d":"end"}"#);
    }
}
