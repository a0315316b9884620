//! A user name and its password, as HTTP's Basic scheme carries them (RFC 7617).
//!
//! They show nowhere but in the field that they are for.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use crate::protocol::error::ErrorCode;

/// What stands for a secret where people may read it.
pub const HIDDEN: &str = "***";

/// A user name and its password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials(Box<str>);

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(HIDDEN)
    }
}

impl Credentials {
    /// A user name and its password; each may be empty.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`: a colon in the user name, or a control character in either (RFC 7617
    /// section 2).
    pub fn new(user: &str, password: &str) -> Result<Credentials, ErrorCode> {
        let has_control = |text: &str| text.bytes().any(|byte| byte.is_ascii_control());
        if user.contains(':') || has_control(user) || has_control(password) {
            return Err(ErrorCode::InvalidArgument);
        }
        Ok(Credentials(format!("{user}:{password}").into()))
    }

    /// Takes `user:password@` out of a URL with an authority, both percent-decoded; the password may
    /// be missing. A URL without user information, or without an authority, stays as it is.
    ///
    /// # Errors
    ///
    /// `InvalidUrl`: user information that is empty, has a character which RFC 3986 section 3.2.1 does
    /// not allow, or is no UTF-8 or no credentials once it has been decoded.
    pub fn split_from(url: &str) -> Result<(String, Option<Credentials>), ErrorCode> {
        let Some((before, authority, path)) = split_authority(url) else {
            return Ok((url.to_owned(), None));
        };
        let Some((information, host)) = authority.rsplit_once('@') else {
            return Ok((url.to_owned(), None));
        };
        let (user, password) = read_information(information)?;
        let credentials = Credentials::new(&user, &password);
        let credentials = credentials.map_err(|_| ErrorCode::InvalidUrl)?;
        Ok((format!("{before}{host}{path}"), Some(credentials)))
    }

    /// The value of the Authorization field.
    pub fn field(&self) -> String {
        format!("Basic {}", STANDARD.encode(&*self.0))
    }
}

/// Reads the user information of a URL, what stands before its `@`: a user name and a password, which
/// may be missing, both percent-decoded.
///
/// # Errors
///
/// `InvalidUrl`: it is empty, has a character which RFC 3986 section 3.2.1 does not allow, or is no
/// UTF-8 once it has been decoded.
pub fn read_information(information: &str) -> Result<(String, String), ErrorCode> {
    if information.is_empty() || !information.bytes().all(is_information_byte) {
        return Err(ErrorCode::InvalidUrl);
    }
    let (user, password) = information.split_once(':').unwrap_or((information, ""));
    Ok((decode(user)?, decode(password)?))
}

/// Whether a field of this name carries a secret that is not to be shown.
pub fn is_secret(name: &str) -> bool {
    const SECRETS: [&str; 4] = ["Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"];
    SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

/// A URL up to its authority, the authority, and what follows it.
fn split_authority(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    // The path of a socket is no authority, whatever stands in it.
    if !["ws", "wss"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let before = url.get(..url.len() - rest.len())?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    Some((before, authority, path))
}

/// unreserved / pct-encoded / sub-delims / ":" of RFC 3986; whether two digits follow a percent sign
/// is left to [`decode`].
fn is_information_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:".contains(&byte)
}

fn decode(text: &str) -> Result<String, ErrorCode> {
    let is_escape = |rest: &str| {
        rest.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.split('%').skip(1).all(is_escape) {
        return Err(ErrorCode::InvalidUrl);
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| ErrorCode::InvalidUrl)?;
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::Credentials;
    use crate::protocol::error::ErrorCode;

    #[test]
    fn credentials_are_written_as_rfc_7617_has_them() {
        let cases = [
            // The examples of sections 2 and 2.1.
            ("Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ("test", "123\u{a3}", "Basic dGVzdDoxMjPCow=="),
            ("", "", "Basic Og=="),
            ("a", "b:c", "Basic YTpiOmM="),
        ];
        for (user, password, want) in cases {
            let credentials = Credentials::new(user, password).unwrap();
            assert_eq!(credentials.field(), want);
            assert_eq!(format!("{credentials:?}"), "***");
        }
    }

    #[test]
    fn c11_credentials_have_no_control_character_and_the_user_no_colon() {
        let wrong = [
            ("a:b", "c"),
            ("a\n", "c"),
            ("a", "c\r\nX: d"),
            ("a", "\0"),
            ("a\u{7f}", ""),
            ("\t", ""),
        ];
        for (user, password) in wrong {
            let made = Credentials::new(user, password);
            assert_eq!(made, Err(ErrorCode::InvalidArgument), "{user:?} {password:?}");
        }
    }

    #[test]
    fn credentials_are_taken_out_of_a_url() {
        let cases = [
            ("ws://a/", "ws://a/", None),
            ("ws://u:p@a/", "ws://a/", Some(("u", "p"))),
            ("WSS://u:p@a:9/b?c", "WSS://a:9/b?c", Some(("u", "p"))),
            ("ws://u@a", "ws://a", Some(("u", ""))),
            ("ws://u:@a", "ws://a", Some(("u", ""))),
            ("ws://:p@[::1]:9/", "ws://[::1]:9/", Some(("", "p"))),
            ("ws://u:p:q@a", "ws://a", Some(("u", "p:q"))),
            ("ws://%C3%A4%40:%2F%3a%25@a?b@c", "ws://a?b@c", Some(("\u{e4}@", "/:%"))),
            ("ws://a/b@c", "ws://a/b@c", None),
            ("ws://a?b:c@d", "ws://a?b:c@d", None),
            ("ws+unix:///u:p@a", "ws+unix:///u:p@a", None),
            ("ws+unix:/u:p@a://b", "ws+unix:/u:p@a://b", None),
            ("", "", None),
        ];
        for (url, rest, want) in cases {
            let want = want.map(|(user, password)| Credentials::new(user, password).unwrap());
            assert_eq!(Credentials::split_from(url), Ok((rest.into(), want)), "{url}");
        }
    }

    #[test]
    fn c11_a_url_with_other_user_information_is_refused() {
        let cases = [
            "ws://@a/",
            "ws://u@v@a/",
            "ws://u:p@q@a/",
            "ws://a%3Ab:c@d/",
            "ws://u:%0A@a/",
            "ws://u:%0d%0aX: b@a/",
            "ws://%00:p@a/",
            "ws://u:%7f@a/",
            "ws://u:%FF@a/",
            "ws://u:%@a/",
            "ws://u:%4@a/",
            "ws://u:%4g@a/",
            "ws://u:%%41@a/",
            "ws://u p:q@a/",
            "ws://u[:q@a/",
            "ws://\u{e4}:q@a/",
        ];
        for url in cases {
            assert_eq!(Credentials::split_from(url), Err(ErrorCode::InvalidUrl), "{url}");
        }
    }
}
