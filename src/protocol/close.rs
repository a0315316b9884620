//! The payload of Close frames (RFC 6455 section 5.5.1).

pub use super::close_code::CloseCode;
use super::error::ErrorCode;

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
        let (code, reason) = read_payload(payload)?;
        Ok(CloseFrame { code, reason: reason.into() })
    }

    /// Gives the frame away; an empty one is left.
    pub(super) fn take(&mut self) -> CloseFrame {
        let reason = std::mem::take(&mut self.reason);
        CloseFrame { code: std::mem::replace(&mut self.code, CloseCode::NO_STATUS), reason }
    }

    /// Appends the payload as it stands on the wire.
    pub fn write_payload(&self, out: &mut Vec<u8>) {
        if self.code != CloseCode::NO_STATUS {
            out.extend_from_slice(&self.code.number().to_be_bytes());
            out.extend_from_slice(self.reason.as_bytes());
        }
    }
}

/// The code and the reason in the payload of a Close frame, without copying.
///
/// # Errors
///
/// As [`CloseFrame::parse`].
pub fn read_payload(payload: &[u8]) -> Result<(CloseCode, &str), ErrorCode> {
    let Some((number, reason)) = payload.split_first_chunk::<2>() else {
        return match payload {
            [] => Ok((CloseCode::NO_STATUS, "")),
            _ => Err(ErrorCode::ClosePayloadLength),
        };
    };
    let code = CloseCode::from_number(u16::from_be_bytes(*number));
    if !code.is_valid_on_wire() {
        return Err(ErrorCode::CloseCodeNotAllowed);
    }
    let reason = simdutf8::basic::from_utf8(reason).map_err(|_| ErrorCode::CloseReasonUtf8)?;
    Ok((code, reason))
}

/// How much of a text fits into a reason without cutting a character.
pub fn fitting_len(text: &[u8]) -> usize {
    let is_continuation = |at: usize| text.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    let mut len = text.len().min(MAX_REASON_BYTES);
    // No character has more than four bytes: in other bytes the search need not go on.
    for _ in 0..3 {
        if is_continuation(len) {
            len = len.saturating_sub(1);
        }
    }
    len
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
    fn a16_a_reason_is_cut_between_characters() {
        for character in ["a", "é", "€", "😀"] {
            for before in 0..8 {
                let text = "x".repeat(before) + &character.repeat(130);
                let whole = (123 - before) / character.len();
                let want = before + whole * character.len();
                assert_eq!(fitting_len(text.as_bytes()), want, "{before} {character}");
            }
        }
        for len in 0..=123 {
            assert_eq!(fitting_len(&vec![b'a'; len]), len);
        }
        assert_eq!(fitting_len(&[0x80; 200]), 120);
        assert_eq!(fitting_len(&[0xFF; 200]), 123);
    }
}
