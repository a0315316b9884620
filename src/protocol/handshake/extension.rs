//! The value of a Sec-WebSocket-Extensions field (RFC 6455 section 9.1), read in one pass.
//!
//! Only the syntax; what an extension and its parameters mean belongs to whoever negotiates it.

use super::tokens::is_token;
use crate::protocol::characters::is_token_byte;
use crate::protocol::error::ErrorCode;

/// Extensions in one field, and parameters of one extension.
const MAX_ENTRIES: usize = 16;

/// One extension with its parameters, as it stands in the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionOffer {
    /// The name, a token, in the case in which it came.
    pub name: Box<str>,
    /// The parameters, at most 16, in their order; a name may come twice.
    pub parameters: Vec<ExtensionParameter>,
}

/// One parameter of an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionParameter {
    /// The name, a token.
    pub name: Box<str>,
    /// The value, a token, without the quotes that it may have had.
    pub value: Option<Box<str>>,
}

/// Reads the value of one field: at least one extension and at most 16.
///
/// # Errors
///
/// `HandshakeExtension`: the syntax is wrong, a quoted value is no token, or there are more than 16
/// extensions or 16 parameters of one.
pub fn parse_extensions(field: &str) -> Result<Vec<ExtensionOffer>, ErrorCode> {
    let mut scanner = Scanner { rest: field };
    let mut offers = Vec::new();
    loop {
        // Empty elements are to be skipped (RFC 9110 section 5.6.1.2).
        while scanner.takes(',') {}
        if scanner.rest.is_empty() {
            break;
        }
        push_bounded(&mut offers, scanner.extension()?)?;
        if !scanner.rest.is_empty() && !scanner.takes(',') {
            return Err(ErrorCode::HandshakeExtension);
        }
    }
    if offers.is_empty() {
        return Err(ErrorCode::HandshakeExtension);
    }
    Ok(offers)
}

/// What of a field has not been read.
struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    fn extension(&mut self) -> Result<ExtensionOffer, ErrorCode> {
        let name = self.token()?.into();
        let mut parameters = Vec::new();
        while self.takes(';') {
            push_bounded(&mut parameters, self.parameter()?)?;
        }
        Ok(ExtensionOffer { name, parameters })
    }

    fn parameter(&mut self) -> Result<ExtensionParameter, ErrorCode> {
        let name = self.token()?.into();
        let value = if self.takes('=') { Some(self.value()?) } else { None };
        Ok(ExtensionParameter { name, value })
    }

    fn value(&mut self) -> Result<Box<str>, ErrorCode> {
        match self.rest.strip_prefix('"') {
            Some(quoted) => self.quoted(quoted),
            None => Ok(self.token()?.into()),
        }
    }

    /// The rest of a quoted string, whose value must be a token (RFC 6455 section 9.1).
    fn quoted(&mut self, text: &'a str) -> Result<Box<str>, ErrorCode> {
        let mut value = String::new();
        let mut characters = text.chars();
        loop {
            match characters.next().ok_or(ErrorCode::HandshakeExtension)? {
                '"' => break,
                '\\' => value.extend(characters.next()),
                character => value.push(character),
            }
        }
        self.rest = characters.as_str();
        self.skip_space();
        is_token(&value).then(|| value.into()).ok_or(ErrorCode::HandshakeExtension)
    }

    fn token(&mut self) -> Result<&'a str, ErrorCode> {
        let length = self.rest.bytes().take_while(|byte| is_token_byte(*byte)).count();
        let (token, rest) = self.rest.split_at_checked(length).unwrap_or_default();
        if token.is_empty() {
            return Err(ErrorCode::HandshakeExtension);
        }
        self.rest = rest;
        self.skip_space();
        Ok(token)
    }

    /// Whether this mark comes next; if so it and the space behind it are taken.
    fn takes(&mut self, mark: char) -> bool {
        self.skip_space();
        let Some(rest) = self.rest.strip_prefix(mark) else {
            return false;
        };
        self.rest = rest;
        self.skip_space();
        true
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }
}

fn push_bounded<T>(entries: &mut Vec<T>, entry: T) -> Result<(), ErrorCode> {
    if entries.len() >= MAX_ENTRIES {
        return Err(ErrorCode::HandshakeExtension);
    }
    entries.push(entry);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::parse_extensions;
    use crate::protocol::error::ErrorCode;

    /// The extensions, written in one way: names and parameters with `;`, a missing value as `-`.
    fn read(field: &str) -> Result<Vec<String>, ErrorCode> {
        let offers = parse_extensions(field)?.into_iter().map(|offer| {
            let parameters = offer.parameters.iter().map(|parameter| {
                format!(";{}={}", parameter.name, parameter.value.as_deref().unwrap_or("-"))
            });
            parameters.fold(offer.name.to_string(), |text, parameter| text + &parameter)
        });
        Ok(offers.collect())
    }

    #[test]
    fn b02_extensions_are_read() {
        let cases: &[(&str, &[&str])] = &[
            ("a", &["a"]),
            ("a, b", &["a", "b"]),
            ("a,a", &["a", "a"]),
            (" a ; b = c ; d ,\te ", &["a;b=c;d=-", "e"]),
            (",, a ,, b,", &["a", "b"]),
            ("a;b=\"c\"", &["a;b=c"]),
            ("a;b=\"\\c\\d\" ; e", &["a;b=cd;e=-"]),
            ("a;b=\"c\",d", &["a;b=c", "d"]),
            ("a;b;b=1", &["a;b=-;b=1"]),
            (
                "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
                &["permessage-deflate;client_max_window_bits=-;server_max_window_bits=10"],
            ),
            ("a;b=08,a;b=99", &["a;b=08", "a;b=99"]),
        ];
        for (field, want) in cases {
            let want = want.iter().map(|text| (*text).to_string()).collect();
            assert_eq!(read(field), Ok(want), "{field:?}");
        }
    }

    #[test]
    fn b02_wrong_syntax_is_refused() {
        let cases = [
            "",
            " ",
            ",",
            ", ,",
            ";",
            "a;",
            "a;;b",
            "a;b=",
            "a;=b",
            "a=b",
            "a b",
            "a/b",
            "a;b c",
            "a;b=c d",
            "a;b=c=d",
            "a;b=\"c",
            "a;b=\"",
            "a;b=\"\"",
            "a;b=\"c d\"",
            "a;b=\"c,d\"",
            "a;b=\"c\"d",
            "a;b=\"c\\",
            "a;b=\"\u{e4}\"",
            "a;b='c d'",
            "\"a\"",
            "a;\"b\"",
            "a\0",
            "a\r\n",
            "\u{e4}",
            "a;b=\u{e4}",
        ];
        for field in cases {
            assert_eq!(read(field), Err(ErrorCode::HandshakeExtension), "{field:?}");
        }
    }

    #[test]
    fn b03_number_of_offers_is_bounded() {
        let cases = [
            (["a"; 16].join(","), true),
            (["a"; 17].join(","), false),
            (format!("a{}", ";b".repeat(16)), true),
            (format!("a{}", ";b".repeat(17)), false),
        ];
        for (field, want) in cases {
            assert_eq!(parse_extensions(&field).is_ok(), want, "{field}");
        }
    }

    #[test]
    fn b04_long_fields_are_read_in_one_pass() {
        // Anything that looks back would take very long for these, so no clock is needed.
        let bytes = 400_000;
        for part in [",", " ", " ,", "a", "\t, "] {
            let _ = read(&part.repeat(bytes / part.len()));
        }
        assert_eq!(read(&format!("{}a", ", ".repeat(bytes))), Ok(vec!["a".to_string()]));
        assert_eq!(read(&format!("a;b=\"{}", "\\".repeat(bytes))).ok(), None);
    }
}
