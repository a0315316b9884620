//! The values behind the addresses of version 2: each a type, a length and bytes.

/// The number of a kind of value.
const CHECKSUM: u8 = 0x03;
const NOTHING: u8 = 0x04;
const TLS: u8 = 0x20;

/// Those that stand within the value [`TLS`], behind its first bytes: flags, and how a certificate was
/// found to be.
const WITHIN_TLS: std::ops::RangeInclusive<u8> = 0x21..=0x2f;
const TLS_START_BYTES: usize = 5;

/// The values of a header, in one piece of memory; none where there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(Box<[u8]>);

impl Values {
    /// Takes values over; `None` if one is not whole, or those within another are not.
    pub(super) fn parse(bytes: &[u8]) -> Option<Values> {
        for value in each(bytes) {
            let (kind, content) = value?;
            if kind == TLS && !each(content.get(TLS_START_BYTES..)?).all(|inner| inner.is_some()) {
                return None;
            }
        }
        Some(Values(bytes.into()))
    }

    /// The value of this kind; the first, if there are several.
    pub fn get(&self, kind: u8) -> Option<&[u8]> {
        if WITHIN_TLS.contains(&kind) {
            return find(find(&self.0, TLS)?.get(TLS_START_BYTES..)?, kind);
        }
        match kind {
            CHECKSUM | NOTHING => None,
            kind => find(&self.0, kind),
        }
    }

    /// Whether the header has no checksum, or its bytes have just this one.
    pub(super) fn agrees_with_checksum(&self, header: &[u8]) -> bool {
        let Some(checksum) = find(&self.0, CHECKSUM) else {
            return true;
        };
        // The values are the last bytes of the header, and end behind the checksum and what follows it.
        let behind = each(&self.0).flatten().skip_while(|(kind, _)| *kind != CHECKSUM).skip(1);
        let behind: usize = behind.map(|(_, content)| 3 + content.len()).sum();
        let end = header.len().saturating_sub(behind);
        let place = end.saturating_sub(checksum.len())..end;
        let mut sum = Crc32c::new();
        for (at, &byte) in header.iter().enumerate() {
            sum.take(if place.contains(&at) { 0 } else { byte });
        }
        checksum == sum.finish().to_be_bytes()
    }
}

/// Kind and content of one value after another; `None` in place of one that is not whole, and then
/// nothing more.
fn each(bytes: &[u8]) -> impl Iterator<Item = Option<(u8, &[u8])>> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let bytes = rest.filter(|bytes| !bytes.is_empty())?;
        let split = split(bytes);
        rest = split.map(|(_, _, rest)| rest);
        Some(split.map(|(kind, content, _)| (kind, content)))
    })
}

fn split(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[kind, high, low], rest) = bytes.split_first_chunk::<3>()?;
    let (content, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([high, low])))?;
    Some((kind, content, rest))
}

fn find(bytes: &[u8], wanted: u8) -> Option<&[u8]> {
    each(bytes).flatten().find(|(kind, _)| *kind == wanted).map(|(_, content)| content)
}

/// The checksum of RFC 9260 appendix A. Bit by bit: it is taken once for a connection, if at all.
struct Crc32c(u32);

impl Crc32c {
    fn new() -> Crc32c {
        Crc32c(u32::MAX)
    }

    fn take(&mut self, byte: u8) {
        const POLYNOMIAL: u32 = 0x82f6_3b78;
        self.0 ^= u32::from(byte);
        for _ in 0..8 {
            let carry = self.0 & 1;
            self.0 = (self.0 >> 1) ^ (POLYNOMIAL * carry);
        }
    }

    fn finish(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Crc32c;

    #[test]
    fn checksums_are_those_of_the_specifications() {
        let cases: [(&[u8], u32); 4] = [
            (b"", 0),
            (b"123456789", 0xe306_9283),
            (&[0; 32], 0x8a91_36aa),
            (&[0xff; 32], 0x62a8_ab43),
        ];
        for (bytes, want) in cases {
            let mut sum = Crc32c::new();
            bytes.iter().for_each(|byte| sum.take(*byte));
            assert_eq!(sum.finish(), want);
        }
    }
}
