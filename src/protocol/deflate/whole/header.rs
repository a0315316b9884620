//! What a block says about its codes (RFC 1951 section 3.2.7).

use super::bits::Bits;
use super::code::{Code, Word};

/// The order in which the lengths of the words for lengths are sent.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The symbols that say that a length comes several times.
const AGAIN: u8 = 16;
const ZEROS: u8 = 17;
const MANY_ZEROS: u8 = 18;

/// The header of a block, made before it is written, as its size decides whether it is.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// The lengths of the words of both codes: a symbol, and what is behind it.
    lengths: Vec<(u8, u8)>,
    /// The words that stand for them.
    code: Code,
    /// How many of these the header tells.
    told: usize,
    literals: usize,
    distances: usize,
}

impl Header {
    /// Makes the header for two codes; how many bits it takes.
    pub(super) fn make(&mut self, literals: &Code, distances: &Code) -> u32 {
        let (literals, distances) = (literals.used(), distances.used());
        (self.literals, self.distances) = (literals.len(), distances.len());
        let words = literals.iter().chain(distances);
        self.note_lengths(words.map(|word: &Word| word.length));
        let mut counts = [0; ORDER.len()];
        let mut extra_bits = 0;
        for (symbol, _) in &self.lengths {
            extra_bits += more_bits(*symbol);
            if let Some(count) = counts.get_mut(usize::from(*symbol)) {
                *count += 1;
            }
        }
        make_two(&mut counts);
        self.code.make(&counts, 7);
        let last = ORDER.iter().rposition(|symbol| self.code.word(*symbol).length > 0);
        self.told = last.map_or(4, |last| (last + 1).max(4));
        14 + 3 * self.told as u32 + self.code.cost(&counts) + extra_bits
    }

    pub(super) fn put(&self, place: &mut Bits<'_>) {
        place.put(self.literals.saturating_sub(257) as u64, 5);
        place.put(self.distances.saturating_sub(1) as u64, 5);
        place.put(self.told.saturating_sub(4) as u64, 4);
        for symbol in ORDER.iter().take(self.told) {
            place.put(u64::from(self.code.word(*symbol).length), 3);
        }
        for (symbol, value) in &self.lengths {
            let word = self.code.word(usize::from(*symbol));
            let bits = u64::from(word.bits) | u64::from(*value) << word.length;
            place.put(bits, u32::from(word.length) + more_bits(*symbol));
        }
    }

    fn note_lengths(&mut self, mut lengths: impl Iterator<Item = u8>) {
        self.lengths.clear();
        let mut next = lengths.next();
        while let Some(length) = next {
            let mut times = 1;
            next = lengths.next();
            while next == Some(length) {
                times += 1;
                next = lengths.next();
            }
            self.note(length, times);
        }
    }

    /// A length that comes so many times one after another.
    fn note(&mut self, length: u8, mut times: u32) {
        if length > 0 {
            self.lengths.push((length, 0));
            times -= 1;
        }
        loop {
            let (symbol, least, most) = match (length, times) {
                (0, 11..) => (MANY_ZEROS, 11, 138),
                (0, 3..) => (ZEROS, 3, 10),
                (_, 3..) => (AGAIN, 3, 6),
                _ => break,
            };
            let now = times.min(most);
            self.lengths.push((symbol, (now - least) as u8));
            times -= now;
        }
        for _ in 0..times {
            self.lengths.push((length, 0));
        }
    }
}

/// How many bits are behind a symbol.
fn more_bits(symbol: u8) -> u32 {
    match symbol {
        AGAIN => 2,
        ZEROS => 3,
        MANY_ZEROS => 7,
        _ => 0,
    }
}

/// Lets two symbols occur at least: some inflaters take no code with fewer.
pub(super) fn make_two(counts: &mut [u16]) {
    let missing = 2_usize.saturating_sub(counts.iter().filter(|count| **count > 0).count());
    counts.iter_mut().filter(|count| **count == 0).take(missing).for_each(|count| *count = 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A length, how many times it comes, and what is said of that.
    type Row<'a> = (u8, u32, &'a [(u8, u8)]);

    #[test]
    fn lengths_that_come_again_are_said_to() {
        let cases: [Row<'_>; 9] = [
            (0, 2, &[(0, 0), (0, 0)]),
            (0, 3, &[(ZEROS, 0)]),
            (0, 10, &[(ZEROS, 7)]),
            (0, 11, &[(MANY_ZEROS, 0)]),
            (0, 140, &[(MANY_ZEROS, 127), (0, 0), (0, 0)]),
            (5, 1, &[(5, 0)]),
            (5, 3, &[(5, 0), (5, 0), (5, 0)]),
            (5, 4, &[(5, 0), (AGAIN, 0)]),
            (5, 11, &[(5, 0), (AGAIN, 3), (AGAIN, 1)]),
        ];
        for (length, times, want) in cases {
            let mut header = Header::default();
            header.note(length, times);
            assert_eq!(header.lengths, want, "{times} times {length}");
        }
    }

    #[test]
    fn two_symbols_occur_at_least() {
        let cases = [([0, 0, 0], [1, 1, 0]), ([0, 4, 0], [1, 4, 0]), ([1, 0, 2], [1, 0, 2])];
        for (mut counts, want) in cases {
            make_two(&mut counts);
            assert_eq!(counts, want);
        }
    }
}
