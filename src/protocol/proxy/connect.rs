//! The way through a proxy that speaks HTTP: CONNECT (RFC 9110 section 9.3.6).

use super::login::Login;
use super::target::Target;
use super::tunnel::{Answer, Received, Refusal};
use super::url::Proxy;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::response::Response;
use crate::protocol::http::{HeadKind, HeadLimits, HeadReader};

/// Interim answers that are skipped, as many as those of a server.
const MAX_INTERIM_RESPONSES: u8 = 5;

/// Reads the answer to CONNECT.
pub(super) struct Connect {
    limits: HeadLimits,
    reader: HeadReader,
    interim_responses: u8,
}

impl Connect {
    /// Appends the request to `out` and waits for its answer.
    pub(super) fn start(
        proxy: &Proxy,
        target: &Target,
        limits: HeadLimits,
        out: &mut Vec<u8>,
    ) -> Connect {
        write_request(proxy, target, out);
        let reader = HeadReader::new(HeadKind::Response, limits);
        Connect { limits, reader, interim_responses: 0 }
    }

    /// Takes bytes up to the end of the answer's head. Where a way has been opened there is no body,
    /// whatever the fields say (RFC 9110 section 9.3.6); where not, the body does not matter.
    pub(super) fn receive(&mut self, input: &[u8]) -> Result<Received, Refusal> {
        let mut rest = input;
        loop {
            let fed = self.reader.feed(rest).map_err(|_| Refusal::MALFORMED)?;
            rest = rest.get(fed.consumed..).unwrap_or_default();
            if !fed.complete {
                return Ok(Received::NeedMore);
            }
            match self.take_status()? {
                100 | 102..=199 if self.interim_responses < MAX_INTERIM_RESPONSES => {
                    self.interim_responses += 1;
                }
                200..=299 => return Ok(Received::Open { consumed: input.len() - rest.len() }),
                status => return Err(refusal(status)),
            }
        }
    }

    /// The status of the head that is complete. The next one can follow.
    fn take_status(&mut self) -> Result<u16, Refusal> {
        let next = HeadReader::new(HeadKind::Response, self.limits);
        let head = std::mem::replace(&mut self.reader, next).into_head();
        let response = Response::from_head(head).map_err(|_| Refusal::MALFORMED)?;
        Ok(response.status())
    }
}

fn refusal(status: u16) -> Refusal {
    let error = match status {
        // Too many interim answers, or an upgrade that was not asked for.
        100..=199 => ErrorCode::ProxyMalformed,
        // Some proxies answer wrong credentials with 401, which is a server's.
        401 | 407 => ErrorCode::ProxyUnauthorized,
        _ => ErrorCode::ProxyRefused,
    };
    Refusal { error, answer: Answer::Http(status) }
}

fn write_request(proxy: &Proxy, target: &Target, out: &mut Vec<u8>) {
    const AUTHORIZATION: &str = "Proxy-Authorization";
    let mut text = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
    if let (Some(Login::Http(credentials)), None) =
        (proxy.login(), proxy.fields().get(AUTHORIZATION, 0))
    {
        text.push_str(&format!("{AUTHORIZATION}: {}\r\n", credentials.field()));
    }
    for (name, value) in proxy.fields().iter() {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    out.extend_from_slice(text.as_bytes());
}
