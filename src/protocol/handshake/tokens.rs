//! Tokens and lists of them (RFC 9110 sections 5.6.1 and 5.6.2), as several fields carry them.

use crate::protocol::characters::is_token_byte;

/// Whether the text is a token: at least one byte, and only those that RFC 9110 section 5.6.2 names.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// The elements of a comma-separated list, without the space around them. Empty ones are skipped,
/// as RFC 9110 section 5.6.1.2 asks. Not for fields whose elements hold quoted text.
pub(super) fn elements(field: &[u8]) -> impl Iterator<Item = &[u8]> {
    field.split(|byte| *byte == b',').map(trim).filter(|element| !element.is_empty())
}

/// Whether a list names this element, whatever its case.
pub(super) fn names(field: &[u8], wanted: &str) -> bool {
    let is_wanted = |element: &[u8]| element.eq_ignore_ascii_case(wanted.as_bytes());
    // Most lists have one element.
    is_wanted(field) || elements(field).any(is_wanted)
}

/// The bytes without spaces and tabs at either end.
pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    trim_end(trim_start(bytes))
}

/// The bytes without spaces and tabs in front.
pub(super) fn trim_start(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

/// The bytes without spaces and tabs at the end.
pub(super) fn trim_end(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{elements, is_token, names};

    #[test]
    fn tokens_have_no_separators() {
        for token in ["a", "chat.v2", "!#$%&'*+-.^_`|~09azAZ"] {
            assert!(is_token(token), "{token}");
        }
        let wrong =
            ["", " ", "a b", "a,b", "a;b", "a=b", "\"a\"", "a/b", "a:b", "a@b", "(a)", "[a]"];
        for text in
            wrong.iter().chain(&["{a}", "<a>", "a?", "a\\", "\t", "a\r\nb", "a\0", "\u{e4}"])
        {
            assert!(!is_token(text), "{text:?}");
        }
    }

    #[test]
    fn lists_are_split_at_commas() {
        let cases: &[(&[u8], &[&[u8]])] = &[
            (b"a", &[b"a"]),
            (b"a,b", &[b"a", b"b"]),
            (b" a ,\tb c\t, ", &[b"a", b"b c"]),
            (b",, ,a,,", &[b"a"]),
            (b"", &[]),
            (b" ,\t", &[]),
        ];
        for (field, want) in cases {
            assert_eq!(elements(field).collect::<Vec<_>>(), *want, "{field:?}");
        }
    }

    #[test]
    fn c09_names_are_compared_whole_and_without_case() {
        for field in [&b"upgrade"[..], b"keep-alive, Upgrade", b"UPGRADE,x", b", upgrade ,"] {
            assert!(names(field, "upgrade"), "{field:?}");
        }
        for field in
            [&b""[..], b"upgrades", b"up grade", b"upgrade;q=1", b"x-upgrade", b"\"upgrade\""]
        {
            assert!(!names(field, "upgrade"), "{field:?}");
        }
    }
}
