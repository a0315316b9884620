//! UTF-8 checked while it arrives (RFC 6455 section 8.1), failing at the first impossible byte.

/// The state of a text that comes in pieces: at most three bytes of an unfinished character.
#[derive(Debug, Clone, Copy, Default)]
pub struct Utf8Stream {
    pending: [u8; 3],
    len: u8,
}

/// The text has a byte that no UTF-8 text can have at this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotUtf8;

/// Whether these bytes are a whole text.
pub fn is_text(bytes: &[u8]) -> bool {
    simdutf8::basic::from_utf8(bytes).is_ok()
}

impl Utf8Stream {
    /// Checks the next piece.
    ///
    /// # Errors
    ///
    /// [`NotUtf8`] as soon as no continuation could make the text valid.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), NotUtf8> {
        let rest = self.complete_pending(piece)?;
        match simdutf8::compat::from_utf8(rest) {
            Ok(_) => Ok(()),
            Err(error) if error.error_len().is_some() => Err(NotUtf8),
            Err(error) => {
                self.keep(rest.get(error.valid_up_to()..).unwrap_or_default());
                Ok(())
            }
        }
    }

    /// Whether the text may end here, that is, not inside a character.
    pub fn is_complete(&self) -> bool {
        self.len == 0
    }

    /// Feeds the unfinished character byte by byte; returns what follows it.
    fn complete_pending<'p>(&mut self, piece: &'p [u8]) -> Result<&'p [u8], NotUtf8> {
        let mut rest = piece;
        while self.len > 0 {
            let Some((byte, after)) = rest.split_first() else {
                break;
            };
            rest = after;
            let [a, b, c] = self.pending;
            let (character, len) = match self.len {
                1 => ([a, *byte, 0, 0], 2),
                2 => ([a, b, *byte, 0], 3),
                _ => ([a, b, c, *byte], 4),
            };
            let character = character.get(..len).unwrap_or_default();
            match core::str::from_utf8(character) {
                Ok(_) => self.len = 0,
                Err(error) if error.error_len().is_some() => return Err(NotUtf8),
                Err(_) => self.keep(character),
            }
        }
        Ok(rest)
    }

    fn keep(&mut self, unfinished: &[u8]) {
        self.len = 0;
        for (place, byte) in self.pending.iter_mut().zip(unfinished) {
            *place = *byte;
            self.len += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the standard library says about the prefix `bytes`: possible so far, and complete.
    fn judge(bytes: &[u8]) -> (bool, bool) {
        match std::str::from_utf8(bytes) {
            Ok(_) => (true, true),
            Err(error) => (error.error_len().is_none(), false),
        }
    }

    fn agrees(text: &[u8], cuts: &[usize]) {
        let mut stream = Utf8Stream::default();
        let mut from = 0;
        for to in cuts.iter().copied().chain([text.len()]) {
            let got = stream.push(&text[from..to]);
            let (possible, complete) = judge(&text[..to]);
            assert_eq!(got.is_ok(), possible, "{text:x?} up to {to} cut at {cuts:?}");
            if got.is_err() {
                return;
            }
            assert_eq!(stream.is_complete(), complete, "{text:x?} up to {to}");
            from = to;
        }
    }

    #[test]
    fn a14_every_pair_and_every_impossible_triple_at_every_split() {
        for first in 0..=255u8 {
            for second in 0..=255u8 {
                for third in [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff] {
                    let text = [b'a', first, second, third, 0x80];
                    agrees(&text, &[]);
                    agrees(&text, &[1, 2, 3, 4]);
                }
            }
        }
    }

    #[test]
    fn a14_the_classic_failures_fail_at_their_byte() {
        let cases: [(&[u8], usize); 7] = [
            (b"\xc0\xaf", 1),         // overlong
            (b"\xe0\x80\x80", 2),     // overlong
            (b"\xed\xa0\x80", 2),     // surrogate
            (b"\xf4\x90\x80\x80", 2), // beyond U+10FFFF
            (b"\xf5\x80\x80\x80", 1), // no such lead
            (b"\x80", 1),             // lone continuation
            (b"\xf0\x9f\x98\x41", 4), // cut character
        ];
        for (text, fails_after) in cases {
            let mut stream = Utf8Stream::default();
            let failed = text.iter().position(|byte| stream.push(&[*byte]).is_err());
            assert_eq!(failed.map(|at| at + 1), Some(fails_after), "{text:x?}");
        }
    }

    proptest! {
        #[test]
        fn a14_any_bytes_in_any_pieces(
            text in proptest::collection::vec(any::<u8>(), 0..40),
            cuts in proptest::collection::vec(0usize..40, 0..6),
        ) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.sort_unstable();
            agrees(&text, &cuts);
        }

        #[test]
        fn a14_real_text_in_any_pieces(
            text in "\\PC{0,60}",
            cuts in proptest::collection::vec(0usize..200, 0..6),
        ) {
            let text = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.sort_unstable();
            agrees(text, &cuts);
        }
    }
}
