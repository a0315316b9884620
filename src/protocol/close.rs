//! Close codes (RFC 6455 section 7.4 and the IANA registry) and the payload of Close frames.

use super::error::ErrorCode;

/// A close code. The set is open: 3000 to 4999 belong to libraries and applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CloseCode(u16);

impl CloseCode {
    /// The purpose of the connection has been fulfilled.
    pub const NORMAL: CloseCode = CloseCode(1000);
    /// The server goes down or the browser leaves the page.
    pub const GOING_AWAY: CloseCode = CloseCode(1001);
    /// The peer broke a rule of the protocol.
    pub const PROTOCOL_ERROR: CloseCode = CloseCode(1002);
    /// The type of the message cannot be accepted.
    pub const UNSUPPORTED_DATA: CloseCode = CloseCode(1003);
    /// Reserved; never on the wire.
    pub const RESERVED_1004: CloseCode = CloseCode(1004);
    /// Reported where a Close frame carried no code; never on the wire.
    pub const NO_STATUS: CloseCode = CloseCode(1005);
    /// Reported where no Close frame came; never on the wire.
    pub const ABNORMAL: CloseCode = CloseCode(1006);
    /// The bytes do not fit the type of the message, such as text that is not UTF-8.
    pub const INVALID_PAYLOAD: CloseCode = CloseCode(1007);
    /// The message broke a policy; the generic code.
    pub const POLICY_VIOLATION: CloseCode = CloseCode(1008);
    /// The message is larger than the receiver takes.
    pub const MESSAGE_TOO_BIG: CloseCode = CloseCode(1009);
    /// The client needs an extension that the server did not agree to.
    pub const MANDATORY_EXTENSION: CloseCode = CloseCode(1010);
    /// The endpoint met a condition that it did not expect.
    pub const INTERNAL_ERROR: CloseCode = CloseCode(1011);
    /// The server restarts.
    pub const SERVICE_RESTART: CloseCode = CloseCode(1012);
    /// The server is overloaded; come back later.
    pub const TRY_AGAIN_LATER: CloseCode = CloseCode(1013);
    /// A gateway got an invalid answer from the server behind it.
    pub const BAD_GATEWAY: CloseCode = CloseCode(1014);
    /// Reported where the TLS handshake failed; never on the wire.
    pub const TLS_HANDSHAKE: CloseCode = CloseCode(1015);

    /// The number, whatever it is.
    pub fn from_number(number: u16) -> CloseCode {
        CloseCode(number)
    }

    /// The number.
    pub fn number(self) -> u16 {
        self.0
    }

    /// Whether a Close frame may carry this code: 1000 to 1003, 1007 to 1014, 3000 to 4999.
    pub fn is_valid_on_wire(self) -> bool {
        matches!(self.0, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }

    /// The name in capitals, or `None` where no specification names the code.
    pub fn name(self) -> Option<&'static str> {
        self.entry().map(|(_, name, _)| *name)
    }

    /// One sentence on what the code says, or `None` where no specification names the code.
    pub fn description(self) -> Option<&'static str> {
        self.entry().map(|(_, _, text)| *text)
    }

    fn entry(self) -> Option<&'static (u16, &'static str, &'static str)> {
        KNOWN.iter().find(|(number, _, _)| *number == self.0)
    }
}

/// Number, name and sentence of every code that a specification names.
const KNOWN: [(u16, &str, &str); 16] = [
    (1000, "NORMAL", "The purpose of the connection has been fulfilled."),
    (
        1001,
        "GOING_AWAY",
        "The endpoint goes away: a server shuts down, or a browser leaves the page.",
    ),
    (1002, "PROTOCOL_ERROR", "The peer broke a rule of the protocol."),
    (1003, "UNSUPPORTED_DATA", "The endpoint cannot accept this type of data."),
    (1004, "RESERVED_1004", "Reserved; a meaning might be defined in the future."),
    (1005, "NO_STATUS", "The Close frame carried no code. Never sent."),
    (1006, "ABNORMAL", "The connection ended without a Close frame. Never sent."),
    (
        1007,
        "INVALID_PAYLOAD",
        "The bytes do not fit the type of the message, such as text that is not UTF-8.",
    ),
    (1008, "POLICY_VIOLATION", "The message broke a policy of the endpoint."),
    (1009, "MESSAGE_TOO_BIG", "The message is larger than the endpoint takes."),
    (
        1010,
        "MANDATORY_EXTENSION",
        "The client needs an extension that the server did not agree to.",
    ),
    (1011, "INTERNAL_ERROR", "The endpoint met a condition that it did not expect."),
    (
        1012,
        "SERVICE_RESTART",
        "The service restarts; the client may reconnect after a random delay.",
    ),
    (1013, "TRY_AGAIN_LATER", "The service is overloaded; the client should come back later."),
    (1014, "BAD_GATEWAY", "A gateway got an invalid answer from the server behind it."),
    (1015, "TLS_HANDSHAKE", "The TLS handshake failed. Never sent."),
];

/// The most bytes that a close reason can have: a control frame's 125 less the code.
pub const MAX_REASON_BYTES: usize = 123;

/// What a Close frame says: its code, if it has one, and its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseFrame {
    /// The code; [`CloseCode::NO_STATUS`] stands for a frame without one.
    pub code: CloseCode,
    /// The reason, at most [`MAX_REASON_BYTES`] bytes; empty where none was given.
    pub reason: Box<str>,
}

impl CloseFrame {
    /// A Close frame to send. Section 5.5.1 lets it be empty: no code and then no reason either.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidCloseCode`] for a code that may not stand on the wire, or a reason
    /// without a code; [`ErrorCode::TooLong`] for a reason of more than 123 bytes.
    pub fn new(code: Option<CloseCode>, reason: &str) -> Result<CloseFrame, ErrorCode> {
        match code {
            Some(code) if !code.is_valid_on_wire() => Err(ErrorCode::InvalidCloseCode),
            None if !reason.is_empty() => Err(ErrorCode::InvalidCloseCode),
            _ if reason.len() > MAX_REASON_BYTES => Err(ErrorCode::TooLong),
            _ => {
                Ok(CloseFrame { code: code.unwrap_or(CloseCode::NO_STATUS), reason: reason.into() })
            }
        }
    }

    /// Reads the payload of a Close frame that has arrived (sections 5.5.1 and 7.4).
    ///
    /// # Errors
    ///
    /// [`ErrorCode::ClosePayloadLength`] for a single byte, [`ErrorCode::CloseCodeNotAllowed`]
    /// for a code that may not stand on the wire, [`ErrorCode::CloseReasonUtf8`].
    pub fn parse(payload: &[u8]) -> Result<CloseFrame, ErrorCode> {
        let Some((number, reason)) = payload.split_first_chunk::<2>() else {
            return match payload {
                [] => Ok(CloseFrame { code: CloseCode::NO_STATUS, reason: "".into() }),
                _ => Err(ErrorCode::ClosePayloadLength),
            };
        };
        let code = CloseCode(u16::from_be_bytes(*number));
        if !code.is_valid_on_wire() {
            return Err(ErrorCode::CloseCodeNotAllowed);
        }
        let reason = simdutf8::basic::from_utf8(reason).map_err(|_| ErrorCode::CloseReasonUtf8)?;
        Ok(CloseFrame { code, reason: reason.into() })
    }

    /// Appends the payload as it stands on the wire.
    pub fn write_payload(&self, out: &mut Vec<u8>) {
        if self.code != CloseCode::NO_STATUS {
            out.extend_from_slice(&self.code.0.to_be_bytes());
            out.extend_from_slice(self.reason.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a15_every_close_code_is_allowed_or_refused_as_the_registry_says() {
        for number in 0..=u16::MAX {
            let allowed = matches!(number, 1000..=1003 | 1007..=1014 | 3000..=4999);
            let parsed = CloseFrame::parse(&number.to_be_bytes());
            match parsed {
                Ok(frame) => assert!(allowed && frame.code.number() == number, "{number}"),
                Err(error) => {
                    assert!(!allowed, "{number}");
                    assert_eq!(error, ErrorCode::CloseCodeNotAllowed);
                }
            }
            let built = CloseFrame::new(Some(CloseCode::from_number(number)), "");
            assert_eq!(built.is_ok(), allowed, "{number}");
        }
    }

    #[test]
    fn a15_payloads_of_a_close_frame_are_told_apart() {
        type Want = Result<(u16, &'static str), ErrorCode>;
        let cases: [(&[u8], Want); 6] = [
            (b"", Ok((1005, ""))),
            (b"\x03", Err(ErrorCode::ClosePayloadLength)),
            (b"\x03\xe8", Ok((1000, ""))),
            (b"\x03\xe8bye", Ok((1000, "bye"))),
            (b"\x03\xe8\xff", Err(ErrorCode::CloseReasonUtf8)),
            (b"\x03\xed", Err(ErrorCode::CloseCodeNotAllowed)),
        ];
        for (payload, want) in cases {
            let got = CloseFrame::parse(payload);
            match (got, want) {
                (Ok(frame), Ok((code, reason))) => {
                    assert_eq!((frame.code.number(), &*frame.reason), (code, reason));
                }
                (got, want) => assert_eq!(got.err(), want.err(), "{payload:?}"),
            }
        }
    }

    #[test]
    fn a16_a_reason_that_does_not_fit_is_refused() {
        for len in 0..300 {
            let reason = "x".repeat(len);
            let built = CloseFrame::new(Some(CloseCode::NORMAL), &reason);
            assert_eq!(built.is_ok(), len <= 123, "{len}");
        }
        assert_eq!(CloseFrame::new(None, "x"), Err(ErrorCode::InvalidCloseCode));
    }

    #[test]
    fn every_named_code_has_a_name_and_a_sentence() {
        for number in 1000..=1015 {
            let code = CloseCode::from_number(number);
            assert!(code.name().is_some() && code.description().is_some(), "{number}");
        }
        assert_eq!(CloseCode::from_number(4000).name(), None);
    }
}
