//! What a message consists of before it is coded: bytes, and repetitions of what came before
//! (RFC 1951 section 3.2.5).

/// The symbol behind the last.
pub(super) const END: usize = 256;

/// How many symbols stand for bytes, the end and lengths, and how many for distances.
pub(super) const LITERALS: usize = 286;
pub(super) const DISTANCES: usize = 30;

/// The symbol that stands for the most that a repetition can have, which it alone does.
const LONGEST_SYMBOL: usize = 285;
const LONGEST: u32 = 258;

/// A symbol, and the bits behind it that say which value of its range is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ranged {
    symbol: usize,
    extra: u32,
    extra_bits: u32,
}

/// The symbol of a length, 3 to 258.
#[inline(always)]
fn of_length(length: u32) -> Ranged {
    let value = length.wrapping_sub(3);
    match (value, length) {
        (0..8, _) => Ranged { symbol: 257 + value as usize, extra: 0, extra_bits: 0 },
        (_, LONGEST..) => Ranged { symbol: LONGEST_SYMBOL, extra: 0, extra_bits: 0 },
        _ => {
            let extra_bits = value.ilog2() - 2;
            let symbol = 261 + 4 * extra_bits + (value >> extra_bits & 3);
            Ranged { symbol: symbol as usize, extra: value & ((1 << extra_bits) - 1), extra_bits }
        }
    }
}

/// The symbol of a distance, 1 to 32,768.
#[inline(always)]
fn of_distance(distance: u32) -> Ranged {
    let value = distance.wrapping_sub(1);
    if value < 4 {
        return Ranged { symbol: value as usize, extra: 0, extra_bits: 0 };
    }
    let extra_bits = value.ilog2() - 1;
    let symbol = 2 + 2 * extra_bits + (value >> extra_bits & 1);
    Ranged { symbol: symbol as usize, extra: value & ((1 << extra_bits) - 1), extra_bits }
}

/// The distance of what is none: it never gets a word, so that nothing is written of it.
const NO_DISTANCE: u64 = DISTANCES as u64;

/// A byte, or a repetition with its length and distance: all that is written of it but the words of a
/// code, and both written alike, as a branch between them could not be foretold.
///
/// From the lowest bit on: the symbol of the byte or length (9 bits), that of the distance (5), how many
/// bits are behind the one and the other (3 and 4), and these (5 and 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step(u64);

impl Step {
    #[inline(always)]
    fn byte(byte: u8) -> Step {
        Step(u64::from(byte) | NO_DISTANCE << 9)
    }

    #[inline(always)]
    fn repetition(length: Ranged, distance: Ranged) -> Step {
        let symbols = length.symbol as u64 | (distance.symbol as u64) << 9;
        let counts = u64::from(length.extra_bits) << 14 | u64::from(distance.extra_bits) << 17;
        Step(symbols | counts | u64::from(length.extra) << 21 | u64::from(distance.extra) << 26)
    }

    /// The symbol of the byte or length, the bits behind it, and how many they are.
    #[inline(always)]
    pub(super) fn literal(self) -> (usize, u64, u32) {
        ((self.0 & 511) as usize, self.0 >> 21 & 31, (self.0 >> 14 & 7) as u32)
    }

    /// The symbol of the distance, the bits behind it, and how many they are.
    #[inline(always)]
    pub(super) fn distance(self) -> (usize, u64, u32) {
        ((self.0 >> 9 & 31) as usize, self.0 >> 26, (self.0 >> 17 & 15) as u32)
    }
}

/// The steps of a message, and how often each symbol comes in them.
#[derive(Debug)]
pub(super) struct Steps {
    pub(super) steps: Vec<Step>,
    pub(super) literals: [u16; LITERALS],
    pub(super) distances: [u16; DISTANCES],
    /// How many bits are behind all symbols together.
    pub(super) extra_bits: u32,
}

impl Default for Steps {
    fn default() -> Steps {
        let (literals, distances) = ([0; LITERALS], [0; DISTANCES]);
        Steps { steps: Vec::new(), literals, distances, extra_bits: 0 }
    }
}

impl Steps {
    /// Begins anew.
    pub(super) fn clear(&mut self) {
        self.steps.clear();
        self.literals = [0; LITERALS];
        self.distances = [0; DISTANCES];
        self.extra_bits = 0;
        count(&mut self.literals, END);
    }

    #[inline(always)]
    pub(super) fn byte(&mut self, byte: u8) {
        self.steps.push(Step::byte(byte));
        count(&mut self.literals, usize::from(byte));
    }

    #[inline(always)]
    pub(super) fn repetition(&mut self, length: usize, distance: usize) {
        let (length, distance) = (of_length(length as u32), of_distance(distance as u32));
        self.steps.push(Step::repetition(length, distance));
        count(&mut self.literals, length.symbol);
        count(&mut self.distances, distance.symbol);
        self.extra_bits += length.extra_bits + distance.extra_bits;
    }
}

#[inline(always)]
fn count(counts: &mut [u16], symbol: usize) {
    if let Some(count) = counts.get_mut(symbol) {
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tables of section 3.2.5: a value, its symbol, and the bits behind it.
    type Row = (u32, usize, u32, u32);

    #[test]
    fn lengths_have_the_symbols_of_the_table() {
        let rows: [Row; 12] = [
            (3, 257, 0, 0),
            (10, 264, 0, 0),
            (11, 265, 0, 1),
            (12, 265, 1, 1),
            (18, 268, 1, 1),
            (19, 269, 0, 2),
            (34, 272, 3, 2),
            (35, 273, 0, 3),
            (66, 276, 7, 3),
            (131, 281, 0, 5),
            (257, 284, 30, 5),
            (258, 285, 0, 0),
        ];
        for (length, symbol, extra, extra_bits) in rows {
            assert_eq!(of_length(length), Ranged { symbol, extra, extra_bits }, "{length}");
        }
    }

    #[test]
    fn distances_have_the_symbols_of_the_table() {
        let rows: [Row; 9] = [
            (1, 0, 0, 0),
            (4, 3, 0, 0),
            (5, 4, 0, 1),
            (8, 5, 1, 1),
            (9, 6, 0, 2),
            (24, 8, 7, 3),
            (257, 16, 0, 7),
            (16_385, 28, 0, 13),
            (32_768, 29, 8191, 13),
        ];
        for (distance, symbol, extra, extra_bits) in rows {
            assert_eq!(of_distance(distance), Ranged { symbol, extra, extra_bits }, "{distance}");
        }
    }

    #[test]
    fn a_step_keeps_what_is_written_of_it() {
        assert_eq!(Step::byte(0xff).literal(), (0xff, 0, 0));
        assert_eq!(Step::byte(0xff).distance(), (DISTANCES, 0, 0));
        let most = Step::repetition(of_length(257), of_distance(32_768));
        assert_eq!(most.literal(), (284, 30, 5));
        assert_eq!(most.distance(), (29, 8191, 13));
    }
}
