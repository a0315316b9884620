//! What a server answers other than 101: a refusal, or an ordinary response of the application.

use std::sync::Arc;

use super::fields::{Fields, is_value, write_field};
use super::tokens::is_token;
use super::versions::Versions;
use crate::protocol::error::ErrorCode;

/// A response that an application, or the library for it, gives to a request.
///
/// It always ends the connection, so nothing behind the request can be taken for another one. When
/// a request is accepted, only the fields and the subprotocol count.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    phrase: Box<str>,
    headers: Fields,
    subprotocol: Option<Box<str>>,
    /// Shared, so that a reply that is handed to another thread is not copied.
    body: Arc<Vec<u8>>,
}

impl Reply {
    /// A response with this status, its usual phrase, no fields and no body.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`: a status outside 200 to 599.
    pub fn new(status: u16) -> Result<Reply, ErrorCode> {
        if !(200..=599).contains(&status) {
            return Err(ErrorCode::InvalidArgument);
        }
        Ok(Reply::with_status(status))
    }

    /// The response with which the library refuses a request that fails so: the error's status, and
    /// its sentence as text. An error that no request can cause is answered with 500.
    pub fn refusal(error: ErrorCode) -> Reply {
        let mut reply = Reply::with_status(error.http_status().unwrap_or(500));
        reply.headers.add_fixed("Content-Type", "text/plain; charset=utf-8");
        match reply.status {
            405 => reply.headers.add_fixed("Allow", "GET"),
            503 => reply.headers.add_fixed("Retry-After", "1"),
            _ => {}
        }
        reply.body = Arc::new(format!("{error}\n").into_bytes());
        reply
    }

    fn with_status(status: u16) -> Reply {
        Reply {
            status,
            phrase: usual_phrase(status).into(),
            headers: Fields::default(),
            subprotocol: None,
            body: Arc::default(),
        }
    }

    /// Replaces the phrase behind the status.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`: a control character other than a tab, or a space or tab at either end.
    pub fn set_phrase(&mut self, phrase: &str) -> Result<(), ErrorCode> {
        if !is_value(phrase) {
            return Err(ErrorCode::InvalidArgument);
        }
        self.phrase = phrase.into();
        Ok(())
    }

    /// Adds a field; a name may come more than once.
    ///
    /// # Errors
    ///
    /// `InvalidHeader`: the name is no token, the value has a control character, or the library
    /// writes that field itself; see [`check_header`](super::fields::check_header).
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<(), ErrorCode> {
        self.headers.add(name, value)
    }

    /// Replaces the body.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`; the body is as before.
    pub fn set_body(&mut self, body: &[u8]) -> Result<(), ErrorCode> {
        let mut copy = Vec::new();
        copy.try_reserve_exact(body.len()).map_err(|_| ErrorCode::OutOfMemory)?;
        copy.extend_from_slice(body);
        self.body = Arc::new(copy);
        Ok(())
    }

    /// Chooses the subprotocol of an acceptance; whether the client offered it is checked there.
    ///
    /// # Errors
    ///
    /// `InvalidSubprotocol`: the text is no token.
    pub fn set_subprotocol(&mut self, subprotocol: &str) -> Result<(), ErrorCode> {
        if !is_token(subprotocol) {
            return Err(ErrorCode::InvalidSubprotocol);
        }
        self.subprotocol = Some(subprotocol.into());
        Ok(())
    }

    /// Bytes of the body.
    pub fn body_bytes(&self) -> usize {
        self.body.len()
    }

    /// The status, 200 to 599.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The fields that were added.
    pub fn headers(&self) -> &Fields {
        &self.headers
    }

    /// The subprotocol that was chosen.
    pub fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// Appends the response (RFC 9112 section 4); the answer to HEAD has no body. `versions` are
    /// those that a 426 lists.
    pub fn write(&self, is_head: bool, versions: Versions, out: &mut Vec<u8>) {
        self.write_head(versions, out);
        out.extend_from_slice(self.body_after(is_head));
    }

    /// Appends the response up to its body.
    pub fn write_head(&self, versions: Versions, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("HTTP/1.1 {} {}\r\n", self.status, self.phrase).as_bytes());
        self.write_connection(versions, out);
        if self.has_body() {
            write_field("Content-Length", self.body.len().to_string().as_bytes(), out);
        }
        self.headers.write(out);
        out.extend_from_slice(b"\r\n");
    }

    /// What follows the head of the response, which is nothing in an answer to HEAD.
    pub fn body_after(&self, is_head: bool) -> &[u8] {
        if self.has_body() && !is_head { &self.body } else { &[] }
    }

    fn has_body(&self) -> bool {
        !matches!(self.status, 204 | 304)
    }

    /// A 426 must say what to upgrade to (RFC 9110 section 15.5.22, RFC 6455 section 4.4).
    fn write_connection(&self, versions: Versions, out: &mut Vec<u8>) {
        if self.status == 426 {
            write_field("Upgrade", b"websocket", out);
            write_field("Connection", b"Upgrade, close", out);
            write_field("Sec-WebSocket-Version", versions.list().as_bytes(), out);
        } else {
            write_field("Connection", b"close", out);
        }
    }
}

/// The phrase of RFC 9110 section 15, or nothing for a status that it does not name.
pub fn usual_phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::{Reply, Versions};
    use crate::protocol::error::ErrorCode;

    fn written(reply: &Reply, is_head: bool) -> String {
        let mut out = Vec::new();
        reply.write(is_head, Versions::default(), &mut out);
        String::from_utf8(out).expect("only text was put in")
    }

    #[test]
    fn responses_are_written() {
        let mut reply = Reply::new(200).expect("the status is allowed");
        reply.add_header("Content-Type", "text/html").expect("the field is allowed");
        reply.set_body(b"<p>a</p>").unwrap();
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 8\r\nContent-Type: text/html\r\n\r\n";
        assert_eq!(written(&reply, false), format!("{head}<p>a</p>"));
        assert_eq!(written(&reply, true), head);

        reply.set_phrase("Very well").expect("the phrase is allowed");
        reply.set_body(b"").unwrap();
        let want = "HTTP/1.1 200 Very well\r\nConnection: close\r\nContent-Length: 0\r\nContent-Type: text/html\r\n\r\n";
        assert_eq!(written(&reply, false), want);
    }

    #[test]
    fn responses_without_a_body_have_no_length() {
        for (status, phrase) in [(204, "No Content"), (304, "Not Modified")] {
            let mut reply = Reply::new(status).expect("the status is allowed");
            reply.set_body(b"ignored").unwrap();
            let want = format!("HTTP/1.1 {status} {phrase}\r\nConnection: close\r\n\r\n");
            assert_eq!(written(&reply, false), want);
        }
        let unnamed = Reply::new(599).expect("the status is allowed");
        let want = "HTTP/1.1 599 \r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(written(&unnamed, false), want);
    }

    #[test]
    fn c09_refusals_say_why() {
        let text = "Content-Type: text/plain; charset=utf-8\r\n";
        let cases = [
            (
                ErrorCode::HandshakeKey,
                "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 52\r\n",
                "",
                "Sec-WebSocket-Key is missing, repeated or malformed\n",
            ),
            (
                ErrorCode::HandshakeMethod,
                "HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 37\r\n",
                "Allow: GET\r\n",
                "the method of the request is not GET\n",
            ),
            (
                ErrorCode::HandshakeVersion,
                "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\
                 Sec-WebSocket-Version: 13\r\nContent-Length: 62\r\n",
                "",
                "Sec-WebSocket-Version names a version that is not spoken here\n",
            ),
            (
                ErrorCode::HandshakeTooManyConnections,
                "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 50\r\n",
                "Retry-After: 1\r\n",
                "the server has as many connections as it may have\n",
            ),
        ];
        for (error, start, end, body) in cases {
            let want = format!("{start}{text}{end}\r\n{body}");
            assert_eq!(written(&Reply::refusal(error), false), want);
        }
    }

    #[test]
    fn c09_refusals_have_the_status_of_their_error() {
        let cases = [
            (ErrorCode::HandshakeMalformed, 400),
            (ErrorCode::HandshakeHttpVersion, 505),
            (ErrorCode::HandshakeHost, 400),
            (ErrorCode::HandshakeUpgrade, 400),
            (ErrorCode::HandshakeConnection, 400),
            (ErrorCode::HandshakeUpgradeRequired, 426),
            (ErrorCode::HandshakeOrigin, 403),
            (ErrorCode::HandshakeBody, 400),
            (ErrorCode::HandshakeUriTooLong, 414),
            (ErrorCode::HandshakeHeadTooLarge, 431),
            (ErrorCode::HandshakeTimeout, 408),
            (ErrorCode::ConnectionReset, 500),
        ];
        for (error, want) in cases {
            assert_eq!(Reply::refusal(error).status(), want, "{error:?}");
        }
    }

    #[test]
    fn c11_what_could_break_a_line_is_refused() {
        for status in [0, 100, 101, 199, 600, 999, u16::MAX] {
            assert_eq!(Reply::new(status).err(), Some(ErrorCode::InvalidArgument), "{status}");
        }
        let mut reply = Reply::new(403).expect("the status is allowed");
        for phrase in ["a\r\nb", "a\n", "\0", "\u{1b}", " a", "a "] {
            assert_eq!(reply.set_phrase(phrase), Err(ErrorCode::InvalidArgument), "{phrase:?}");
        }
        for name in ["", "a b", "a,b", "a\r\n", "\u{e4}"] {
            assert_eq!(reply.set_subprotocol(name), Err(ErrorCode::InvalidSubprotocol), "{name:?}");
        }
        assert_eq!(reply.add_header("X", "a\r\nY: b"), Err(ErrorCode::InvalidHeader));
        let want = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(written(&reply, false), want);
        assert_eq!(reply.set_subprotocol("chat"), Ok(()));
        assert_eq!(reply.subprotocol(), Some("chat"));
    }
}
