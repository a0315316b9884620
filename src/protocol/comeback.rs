//! What a client that wants to stay connected does after an end: the close code's advice, and what is
//! known beyond it.

use super::backoff::Advice;
use super::close_code::{CloseCode, Reconnect};
use super::error::ErrorCode;
use super::event::{CloseReport, Initiator};
use super::failure::Stage;

impl CloseReport {
    /// Whether to come back. Not where this side wanted the end; where the server refused, if it
    /// says that it may be otherwise later; where something went wrong, if it is nobody's fault.
    pub fn reconnect(&self) -> Reconnect {
        match (self.error, self.http_status) {
            (_, 408 | 425 | 429 | 500..=599) => Reconnect::BackOff,
            (None, _) if self.initiator == Initiator::Remote => self.code().reconnect(),
            (None, _) => Reconnect::Never,
            (Some(ErrorCode::ProxyRefused), _) if is_of_the_network(self.socks_reply) => {
                Reconnect::BackOff
            }
            // TLS had come about: a record was changed on its way, or the server has gone.
            (Some(error), _) if is_of_tls(error) && self.was_secure(error) => {
                after(ErrorCode::ConnectionReset, self.initiator)
            }
            (Some(error), _) => after(error, self.initiator),
        }
    }

    /// Whether TLS had come about. That a server refuses a client's certificate may come behind it.
    fn was_secure(&self, error: ErrorCode) -> bool {
        match self.stage {
            Stage::Open | Stage::Closing => true,
            Stage::Handshake => error == ErrorCode::TlsRecord,
            _ => false,
        }
    }

    /// Whether to come back, and what the server has said of when.
    pub fn advice(&self) -> Advice {
        Advice { reconnect: self.reconnect(), retry_after_s: self.retry_after_s() }
    }

    /// The seconds in the Retry-After field of a refusal (RFC 9110 section 10.2.3). A date in its place
    /// would need a calendar and two clocks that agree, and counts as none.
    fn retry_after_s(&self) -> Option<u32> {
        let digits = self.response.as_ref()?.header("Retry-After", 0)?;
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let add = |sum: u32, digit: &u8| {
            sum.saturating_mul(10).saturating_add(u32::from(digit.wrapping_sub(b'0')))
        };
        Some(digits.iter().fold(0, add))
    }
}

/// Whether a SOCKS proxy could not reach the target now, rather than would not.
fn is_of_the_network(socks_reply: u8) -> bool {
    matches!(socks_reply, 1 | 3..=6)
}

fn is_of_tls(error: ErrorCode) -> bool {
    error.close_code() == Some(CloseCode::TLS_HANDSHAKE)
}

fn after(error: ErrorCode, initiator: Initiator) -> Reconnect {
    match error {
        // This side has closed, and the peer has not answered.
        ErrorCode::CloseTimeout
        | ErrorCode::ConnectionLost
        | ErrorCode::ConnectionReset
        | ErrorCode::TlsTruncated
            if initiator == Initiator::Local =>
        {
            Reconnect::Never
        }
        ErrorCode::Cancelled
        | ErrorCode::LoopFreed
        | ErrorCode::Detached
        | ErrorCode::IdleTimeout => Reconnect::Never,
        // As a server does, or what stands before it, that is about to go.
        ErrorCode::TlsEnded => Reconnect::BackOff,
        error => error.close_code().map_or(Reconnect::Never, CloseCode::reconnect),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::close::CloseFrame;
    use crate::protocol::connection::empty_report;
    use crate::protocol::event::Announced;
    use crate::protocol::handshake::response::Response;

    fn report(error: Option<ErrorCode>, initiator: Initiator) -> CloseReport {
        CloseReport { error, initiator, ..empty_report(Announced::Connection, Stage::Open) }
    }

    #[test]
    fn a_server_says_for_how_long_it_wants_to_be_left_alone() {
        let rows = [
            ("Retry-After: 7\r\n", Some(7)),
            ("retry-after: 0120\r\n", Some(120)),
            ("Retry-After: 99999999999999\r\n", Some(u32::MAX)),
            ("Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n", None),
            ("Retry-After: -1\r\n", None),
            ("Retry-After: 1.5\r\n", None),
            ("Retry-After:\r\n", None),
            ("", None),
        ];
        for (field, want) in rows {
            let head = format!("HTTP/1.1 503 Busy\r\n{field}\r\n").into_bytes();
            let response = Response::parse(head).unwrap();
            let error = Some(ErrorCode::HandshakeStatus);
            let report = CloseReport {
                http_status: 503,
                response: Some(response.into()),
                ..report(error, Initiator::Nobody)
            };
            let advice = Advice { reconnect: Reconnect::BackOff, retry_after_s: want };
            assert_eq!(report.advice(), advice, "{field}");
        }
        assert_eq!(report(None, Initiator::Nobody).advice().retry_after_s, None);
    }

    #[test]
    fn a_client_comes_back_where_it_may_help() {
        use Initiator::{Local, Nobody, Remote};
        use Reconnect::{BackOff, Never};
        let rows = [
            (None, Local, Never),
            (None, Nobody, Never),
            (Some(ErrorCode::CloseTimeout), Local, Never),
            (Some(ErrorCode::ConnectionLost), Local, Never),
            (Some(ErrorCode::ConnectionLost), Nobody, BackOff),
            (Some(ErrorCode::ConnectionReset), Nobody, BackOff),
            (Some(ErrorCode::ConnectFailed), Nobody, BackOff),
            (Some(ErrorCode::ResolveFailed), Nobody, BackOff),
            (Some(ErrorCode::ConnectTimeout), Nobody, BackOff),
            (Some(ErrorCode::HandshakeTimeout), Nobody, BackOff),
            (Some(ErrorCode::PongTimeout), Nobody, BackOff),
            (Some(ErrorCode::WriteStalled), Nobody, BackOff),
            (Some(ErrorCode::BufferBudget), Local, BackOff),
            (Some(ErrorCode::IdleTimeout), Local, Never),
            (Some(ErrorCode::TextUtf8), Local, Never),
            (Some(ErrorCode::ReservedBits), Local, Never),
            (Some(ErrorCode::MessageTooBig), Local, Never),
            (Some(ErrorCode::HandshakeAccept), Nobody, Never),
            (Some(ErrorCode::ProxyMalformed), Nobody, Never),
            (Some(ErrorCode::ProxyUnauthorized), Nobody, Never),
            (Some(ErrorCode::Cancelled), Nobody, Never),
            (Some(ErrorCode::LoopFreed), Local, Never),
            (Some(ErrorCode::Detached), Nobody, Never),
        ];
        for (error, initiator, want) in rows {
            let report = report(error, initiator);
            assert_eq!(report.reconnect(), want, "{error:?} {initiator:?}");
        }
        let of_tls = [
            (ErrorCode::TlsAlert, Stage::Tls, Never),
            (ErrorCode::TlsAlert, Stage::Handshake, Never),
            (ErrorCode::TlsAlert, Stage::Open, BackOff),
            (ErrorCode::TlsRecord, Stage::Tls, Never),
            (ErrorCode::TlsRecord, Stage::Handshake, BackOff),
            (ErrorCode::TlsRecord, Stage::Open, BackOff),
            (ErrorCode::TlsRecord, Stage::Closing, BackOff),
            (ErrorCode::TlsTruncated, Stage::Open, BackOff),
            (ErrorCode::TlsEnded, Stage::Tls, BackOff),
            (ErrorCode::TlsEnded, Stage::Proxy, BackOff),
            (ErrorCode::CertificateExpired, Stage::Tls, Never),
            (ErrorCode::CertificateExpired, Stage::Proxy, Never),
        ];
        for (error, stage, want) in of_tls {
            let report = CloseReport { stage, ..report(Some(error), Nobody) };
            assert_eq!(report.reconnect(), want, "{error:?} {stage:?}");
        }
        for error in [ErrorCode::TlsAlert, ErrorCode::TlsRecord, ErrorCode::TlsTruncated] {
            let report = CloseReport { stage: Stage::Closing, ..report(Some(error), Local) };
            assert_eq!(report.reconnect(), Never, "{error:?}");
        }
        let closed =
            [(1000, Never), (1001, Reconnect::Now), (1008, Never), (1012, BackOff), (4000, Never)];
        for (number, want) in closed {
            let remote = CloseFrame::new(Some(CloseCode::from_number(number)), "").ok();
            let report = CloseReport { remote, ..report(None, Remote) };
            assert_eq!(report.reconnect(), want, "{number}");
        }
        let refused = [
            (400, Never),
            (401, Never),
            (403, Never),
            (404, Never),
            (408, BackOff),
            (429, BackOff),
            (500, BackOff),
            (503, BackOff),
        ];
        for (http_status, want) in refused {
            for error in [ErrorCode::HandshakeStatus, ErrorCode::ProxyRefused] {
                let report = CloseReport { http_status, ..report(Some(error), Nobody) };
                assert_eq!(report.reconnect(), want, "{http_status}");
            }
        }
        let replies = [
            (1, BackOff),
            (2, Never),
            (3, BackOff),
            (4, BackOff),
            (5, BackOff),
            (6, BackOff),
            (7, Never),
            (8, Never),
            (255, Never),
        ];
        for (socks_reply, want) in replies {
            let report =
                CloseReport { socks_reply, ..report(Some(ErrorCode::ProxyRefused), Nobody) };
            assert_eq!(report.reconnect(), want, "{socks_reply}");
        }
    }
}
