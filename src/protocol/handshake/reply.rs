//! What a server answers other than 101: a refusal, or an ordinary response of the application.

use super::fields::{Fields, is_value, write_field};
use super::tokens::is_token;
use crate::protocol::error::ErrorCode;
use crate::protocol::version::SUPPORTED_VERSIONS;

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
    body: Box<[u8]>,
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
        reply
            .headers
            .add_fixed("Content-Type", "text/plain; charset=utf-8");
        match reply.status {
            405 => reply.headers.add_fixed("Allow", "GET"),
            503 => reply.headers.add_fixed("Retry-After", "1"),
            _ => {}
        }
        reply.set_body(format!("{error}\n").as_bytes());
        reply
    }

    fn with_status(status: u16) -> Reply {
        Reply {
            status,
            phrase: usual_phrase(status).into(),
            headers: Fields::default(),
            subprotocol: None,
            body: Box::default(),
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
    /// writes that field itself; see [`check_header`](super::check_header).
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<(), ErrorCode> {
        self.headers.add(name, value)
    }

    /// Replaces the body.
    pub fn set_body(&mut self, body: &[u8]) {
        self.body = body.into();
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

    /// Appends the response (RFC 9112 section 4); the answer to HEAD has no body.
    pub fn write(&self, is_head: bool, out: &mut Vec<u8>) {
        let has_body = !matches!(self.status, 204 | 304);
        out.extend_from_slice(format!("HTTP/1.1 {} {}\r\n", self.status, self.phrase).as_bytes());
        self.write_connection(out);
        if has_body {
            write_field(
                "Content-Length",
                self.body.len().to_string().as_bytes(),
                out,
            );
        }
        self.headers.write(out);
        out.extend_from_slice(b"\r\n");
        if has_body && !is_head {
            out.extend_from_slice(&self.body);
        }
    }

    /// A 426 must say what to upgrade to (RFC 9110 section 15.5.22, RFC 6455 section 4.4).
    fn write_connection(&self, out: &mut Vec<u8>) {
        if self.status == 426 {
            write_field("Upgrade", b"websocket", out);
            write_field("Connection", b"Upgrade, close", out);
            write_field("Sec-WebSocket-Version", SUPPORTED_VERSIONS.as_bytes(), out);
        } else {
            write_field("Connection", b"close", out);
        }
    }
}

/// The phrase of RFC 9110 section 15, or nothing for a status that it does not name.
fn usual_phrase(status: u16) -> &'static str {
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
