//! Cookies that a client sends (RFC 6265 section 4.2). What a server sets is none of this library's
//! business: nothing is kept from one connection to the next.

use super::tokens::is_token;
use crate::protocol::error::ErrorCode;

/// Whether these are a cookie's name and value as RFC 6265 section 4.1.1 has them.
///
/// # Errors
///
/// `InvalidHeader`: the name is no token; the value has a control character, a space, a comma, a
/// semicolon, a backslash, a character beyond ASCII, or a double quote other than around it.
pub fn check_cookie(name: &str, value: &str) -> Result<(), ErrorCode> {
    let unquoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    if !is_token(name) || !unquoted.unwrap_or(value).bytes().all(is_cookie_octet) {
        return Err(ErrorCode::InvalidHeader);
    }
    Ok(())
}

fn is_cookie_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\",;\\".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::check_cookie;
    use crate::protocol::error::ErrorCode;

    #[test]
    fn c11_a_cookie_can_bring_no_other_along() {
        let right =
            [("a", ""), ("a", "b"), ("a.b", "c=d"), ("a", "\"b\""), ("a", "\"\""), ("$A", "/:@[]")];
        for (name, value) in right {
            assert_eq!(check_cookie(name, value), Ok(()), "{name:?}={value:?}");
        }
        let wrong = [
            ("", "b"),
            ("a b", "c"),
            ("a=b", "c"),
            ("a;b", "c"),
            ("a\r\nb", "c"),
            ("\u{e4}", "c"),
            ("a", "b;c"),
            ("a", "b, c"),
            ("a", "b c"),
            ("a", "b\\"),
            ("a", "\""),
            ("a", "\"b"),
            ("a", "b\"c"),
            ("a", "\"b\"c\""),
            ("a", "b\r\nX: c"),
            ("a", "\t"),
            ("a", "\0"),
            ("a", "\u{7f}"),
            ("a", "\u{e4}"),
        ];
        for (name, value) in wrong {
            let want = Err(ErrorCode::InvalidHeader);
            assert_eq!(check_cookie(name, value), want, "{name:?}={value:?}");
        }
    }
}
