//! The target of a request: path and query, in origin or absolute form (RFC 9112 section 3.2).

use std::ops::Range;

use super::host::Host;
use crate::protocol::characters::{is_target_byte, run};
use crate::protocol::error::ErrorCode;

/// Where the parts of a target stand in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Host and port, which only the absolute form has.
    pub(super) authority: Option<Range<usize>>,
    /// The path; empty where the absolute form has none.
    pub(super) path: Range<usize>,
    /// What follows the question mark.
    pub(super) query: Option<Range<usize>>,
}

impl Target {
    /// Splits a target.
    ///
    /// # Errors
    ///
    /// `HandshakeMalformed`: a fragment, the authority or the asterisk form, a scheme other than
    /// `http`, `https`, `ws` and `wss`, user information, or a byte that is no visible ASCII character.
    pub(super) fn parse(text: &str) -> Result<Target, ErrorCode> {
        if !text.bytes().all(|byte| is_target_byte(byte) && byte != b'#') {
            return Err(ErrorCode::HandshakeMalformed);
        }
        if text.starts_with('/') {
            return Ok(Target::split(text, None, 0));
        }
        let (scheme, rest) = text.split_once("://").ok_or(ErrorCode::HandshakeMalformed)?;
        let authority_bytes = rest.find(['/', '?']).unwrap_or(rest.len());
        let authority = rest.get(..authority_bytes).unwrap_or_default();
        if !is_known_scheme(scheme) || Host::parse(authority).is_none() {
            return Err(ErrorCode::HandshakeMalformed);
        }
        let start = text.len() - rest.len();
        let end = start + authority_bytes;
        Ok(Target::split(text, Some(start..end), end))
    }

    fn split(text: &str, authority: Option<Range<usize>>, path_start: usize) -> Target {
        let path_end = run(text.as_bytes(), |byte| byte != b'?');
        let query = (path_end < text.len()).then_some(path_end + 1..text.len());
        Target { authority, path: path_start..path_end, query }
    }
}

fn is_known_scheme(scheme: &str) -> bool {
    ["http", "https", "ws", "wss"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::Target;
    use crate::protocol::error::ErrorCode;

    #[test]
    fn targets_are_split() {
        let cases = [
            ("/", None, "/", None),
            ("/a/b%20c", None, "/a/b%20c", None),
            ("/a?", None, "/a", Some("")),
            ("/a?b=c?d/e", None, "/a", Some("b=c?d/e")),
            ("//host/a", None, "//host/a", None),
            ("/http://b/c", None, "/http://b/c", None),
            ("http://a", Some("a"), "", None),
            ("HTTPS://a.b:8443/c", Some("a.b:8443"), "/c", None),
            ("ws://[::1]:9/?q", Some("[::1]:9"), "/", Some("q")),
            ("wss://a?q", Some("a"), "", Some("q")),
            ("wss://a?q=http://b/c", Some("a"), "", Some("q=http://b/c")),
        ];
        for (text, authority, path, query) in cases {
            let target = Target::parse(text).expect(text);
            assert_eq!(target.authority.and_then(|place| text.get(place)), authority, "{text}");
            assert_eq!(text.get(target.path), Some(path), "{text}");
            assert_eq!(target.query.and_then(|place| text.get(place)), query, "{text}");
        }
    }

    #[test]
    fn c08_other_forms_are_refused() {
        let cases = [
            "",
            "*",
            "a",
            "a:80",
            "a/b",
            "?a",
            "#",
            "/#",
            "/a#b",
            "/a b",
            "/\t",
            "/\r\n",
            "/\0",
            "/\u{7f}",
            "/\u{e4}",
            "ftp://a/",
            "file:///a",
            "http:/a",
            "http:a",
            "http://",
            "http:///a",
            "http://u@a/",
            "http://u:p@a/",
            "http://a:0/",
            "http://a b/",
            "http://a/#b",
            "://a/",
        ];
        for text in cases {
            assert_eq!(Target::parse(text), Err(ErrorCode::HandshakeMalformed), "{text:?}");
        }
    }
}
