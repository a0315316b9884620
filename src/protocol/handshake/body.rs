//! The body of a refusal: decoded, bounded, and never a reason to lose the status that it goes with.

/// Bytes of a body that are kept.
pub(super) const MAX_BODY_BYTES: usize = 65_536;

/// A body that is being received.
#[derive(Debug)]
pub(super) struct Body {
    framing: Framing,
    bytes: Vec<u8>,
}

/// How the end of a body is found, and how far that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// This many bytes are missing.
    Length(u64),
    /// In chunks (RFC 9112 section 7.1).
    Chunked(Chunk),
    /// The body ends with the connection.
    UntilEnd,
}

/// Where in a chunk the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chunk {
    /// The size in hexadecimal; `None` before its first digit.
    Size(Option<u64>),
    /// What may follow the size up to the end of the line; it means nothing here.
    Extension(u64),
    /// The line feed behind the size.
    SizeEnd(u64),
    /// This many bytes are missing.
    Data(u64),
    /// The CR behind the data.
    DataCr,
    /// The LF behind the data.
    DataLf,
}

/// What follows from a piece of a body.
enum Next {
    More(Framing),
    End,
}

impl Framing {
    /// The start of a body in chunks.
    pub(super) fn chunked() -> Framing {
        Framing::Chunked(Chunk::Size(None))
    }
}

impl Body {
    /// A body of which nothing has come yet.
    pub(super) fn new(framing: Framing) -> Body {
        Body { framing, bytes: Vec::new() }
    }

    /// Takes bytes. Returns how many, and whether the body ends there: it is whole, as long as it may
    /// be, or cannot be decoded further. The trailer of a body in chunks is not waited for.
    pub(super) fn feed(&mut self, input: &[u8]) -> (usize, bool) {
        let mut rest = input;
        loop {
            if self.framing == Framing::Length(0) || self.bytes.len() >= MAX_BODY_BYTES {
                return (input.len() - rest.len(), true);
            }
            if rest.is_empty() {
                return (input.len(), false);
            }
            let next;
            (next, rest) = self.take(rest);
            match next {
                Next::More(framing) => self.framing = framing,
                Next::End => return (input.len() - rest.len(), true),
            }
        }
    }

    /// What has been kept.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Takes one piece of an input that is not empty.
    fn take<'a>(&mut self, input: &'a [u8]) -> (Next, &'a [u8]) {
        match self.framing {
            Framing::UntilEnd => {
                let (_, rest) = self.keep(u64::MAX, input);
                (Next::More(Framing::UntilEnd), rest)
            }
            Framing::Length(missing) => {
                let (kept, rest) = self.keep(missing, input);
                (Next::More(Framing::Length(missing - kept)), rest)
            }
            Framing::Chunked(Chunk::Data(missing)) => {
                let (kept, rest) = self.keep(missing, input);
                (Next::More(Framing::Chunked(after_data(missing - kept))), rest)
            }
            Framing::Chunked(chunk) => match input.split_first() {
                Some((byte, rest)) => (step(chunk, *byte), rest),
                None => (Next::More(self.framing), input),
            },
        }
    }

    /// Keeps at most `missing` bytes and as many as there is room for; returns their number and the rest.
    fn keep<'a>(&mut self, missing: u64, input: &'a [u8]) -> (u64, &'a [u8]) {
        let room = MAX_BODY_BYTES.saturating_sub(self.bytes.len());
        let missing = usize::try_from(missing).unwrap_or(usize::MAX);
        let (kept, rest) = input.split_at(missing.min(room).min(input.len()));
        self.bytes.extend_from_slice(kept);
        (kept.len() as u64, rest)
    }
}

fn after_data(missing: u64) -> Chunk {
    match missing {
        0 => Chunk::DataCr,
        missing => Chunk::Data(missing),
    }
}

/// One byte of what is around the data of chunks. A byte that cannot stand there ends the body.
fn step(chunk: Chunk, byte: u8) -> Next {
    let next = match (chunk, byte) {
        (Chunk::Size(size), byte) if byte.is_ascii_hexdigit() => {
            match append_digit(size.unwrap_or(0), byte) {
                Some(size) => Chunk::Size(Some(size)),
                None => return Next::End,
            }
        }
        (Chunk::Size(Some(size)) | Chunk::Extension(size), b'\r') => Chunk::SizeEnd(size),
        (Chunk::Size(Some(size)), b';' | b' ' | b'\t') => Chunk::Extension(size),
        (Chunk::Extension(size), byte) if byte != b'\n' => Chunk::Extension(size),
        (Chunk::SizeEnd(size), b'\n') if size > 0 => Chunk::Data(size),
        (Chunk::DataCr, b'\r') => Chunk::DataLf,
        (Chunk::DataLf, b'\n') => Chunk::Size(None),
        _ => return Next::End,
    };
    Next::More(Framing::Chunked(next))
}

fn append_digit(size: u64, digit: u8) -> Option<u64> {
    let digit = char::from(digit).to_digit(16)?;
    size.checked_mul(16)?.checked_add(u64::from(digit))
}

#[cfg(test)]
mod tests {
    use super::{Body, Framing, MAX_BODY_BYTES};

    /// The framing, the input, what is kept, how much is taken, and whether the body has ended then.
    type Case = (Framing, &'static [u8], &'static [u8], usize, bool);

    /// What was kept, how much was taken, and whether the body had ended by then.
    fn read(framing: Framing, pieces: &[&[u8]]) -> (Vec<u8>, usize, bool) {
        let mut body = Body::new(framing);
        let mut taken = 0;
        let (_, mut is_complete) = body.feed(&[]);
        for piece in pieces {
            if is_complete {
                break;
            }
            let (consumed, ended) = body.feed(piece);
            taken += consumed;
            is_complete = ended;
        }
        (body.into_bytes(), taken, is_complete)
    }

    #[test]
    fn d02_bodies_are_decoded_at_every_split() {
        let length = Framing::Length;
        let chunked = Framing::chunked();
        let cases: &[Case] = &[
            (length(0), b"x", b"", 0, true),
            (length(3), b"abc", b"abc", 3, true),
            (length(3), b"abcd", b"abc", 3, true),
            (length(3), b"ab", b"ab", 2, false),
            (length(u64::MAX), b"ab", b"ab", 2, false),
            (Framing::UntilEnd, b"ab", b"ab", 2, false),
            (chunked, b"3\r\nabc\r\n0\r\n", b"abc", 11, true),
            (chunked, b"3\r\nabc\r\n0\r\n\r\n", b"abc", 11, true),
            (chunked, b"1\r\na\r\n0002;x=\"y\"\r\nbc\r\n0 \r\n", b"abc", 26, true),
            (chunked, b"A\r\n0123456789\r\n", b"0123456789", 15, false),
            (chunked, b"a\r\n0123456789\r\n", b"0123456789", 15, false),
            (chunked, b"ffffffffffffffff\r\nab", b"ab", 20, false),
            (chunked, b"1ffffffffffffffff", b"", 17, true),
            (chunked, b"\r\n", b"", 1, true),
            (chunked, b"x\r\n", b"", 1, true),
            (chunked, b"-1\r\n", b"", 1, true),
            (chunked, b"3\nabc", b"", 2, true),
            (chunked, b"3;\nabc", b"", 3, true),
            (chunked, b"3\rabc", b"", 3, true),
            (chunked, b"3\r\nabcd\r\n", b"abc", 7, true),
            (chunked, b"3\r\nabc\rx", b"abc", 8, true),
            (chunked, b"3\r\nabc\r\nx", b"abc", 9, true),
        ];
        for (framing, input, bytes, taken, is_complete) in cases {
            let want = (bytes.to_vec(), *taken, *is_complete);
            let name = String::from_utf8_lossy(input);
            assert_eq!(read(*framing, &[input]), want, "whole: {name:?}");
            let pieces: Vec<&[u8]> = input.chunks(1).collect();
            assert_eq!(read(*framing, &pieces), want, "byte by byte: {name:?}");
            for cut in 0..=input.len() {
                let (start, end) = input.split_at(cut);
                assert_eq!(read(*framing, &[start, end]), want, "cut at {cut}: {name:?}");
            }
        }
    }

    #[test]
    fn d02_at_most_64_kib_are_kept() {
        let much = vec![b'a'; 70_000];
        assert_eq!(MAX_BODY_BYTES, 65_536);
        for framing in [Framing::UntilEnd, Framing::Length(70_000), Framing::Length(65_536)] {
            assert_eq!(read(framing, &[&much]), (vec![b'a'; 65_536], 65_536, true), "{framing:?}");
            let (start, end) = much.split_at(40_000);
            assert_eq!(read(framing, &[start, end]), (vec![b'a'; 65_536], 65_536, true));
        }
        let exact = read(Framing::Length(65_535), &[&much]);
        assert_eq!((exact.0.len(), exact.1, exact.2), (65_535, 65_535, true));
        let chunk = [b"11170\r\n".as_slice(), &much].concat();
        assert_eq!(read(Framing::chunked(), &[&chunk]), (vec![b'a'; 65_536], 65_543, true));
    }
}
