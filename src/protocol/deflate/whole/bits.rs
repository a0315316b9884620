//! Bits written one behind the other, the lowest of a byte first (RFC 1951 section 3.1.1).

/// How far [`Bits::put`] writes beyond what it has filled.
pub(super) const AHEAD: usize = 8;

/// A place that is filled with bits. What there is no room for is lost: whoever makes the place knows
/// how much comes.
pub(super) struct Bits<'a> {
    place: &'a mut [u8],
    at: usize,
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    /// `place` is [`AHEAD`] bytes larger than what comes.
    pub(super) fn new(place: &'a mut [u8]) -> Bits<'a> {
        Bits { place, at: 0, held: 0, count: 0 }
    }

    /// Writes the lowest `count` bits of `bits`, 56 at most; the others are zeros.
    #[inline(always)]
    pub(super) fn put(&mut self, bits: u64, count: u32) {
        self.held |= bits << self.count;
        self.count += count;
        if let Some(place) = self.place.get_mut(self.at..).and_then(<[u8]>::first_chunk_mut) {
            *place = self.held.to_le_bytes();
        }
        let whole = self.count / 8;
        self.at += whole as usize;
        self.held = self.held.wrapping_shr(8 * whole);
        self.count %= 8;
    }

    /// Goes on to the next byte; how many are filled.
    pub(super) fn align(&mut self) -> usize {
        self.put(0, self.count.wrapping_neg() % 8);
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_lie_one_behind_the_other_from_the_lowest_on() {
        let mut bytes = [0; 10 + AHEAD];
        let mut bits = Bits::new(&mut bytes);
        for (value, count) in [(1, 1), (0b10, 2), (0, 0), (0xabc, 12), (0x7f, 7)] {
            bits.put(value, count);
        }
        bits.put(0x01_2345_6789_abcd, 56);
        assert_eq!(bits.align(), 10);
        let want = [0xe5, 0xd5, 0x7f, 0xf3, 0x6a, 0xe2, 0x59, 0xd1, 0x48, 0x00];
        assert_eq!(bytes[..10], want);
    }
}
