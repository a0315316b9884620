//! A block of a deflated message (RFC 1951 section 3.2.3), with the codes that make it smallest.

use super::bits::{AHEAD, Bits};
use super::code::{Code, MAX_LENGTH};
use super::header::{Header, make_two};
use super::symbols::{DISTANCES, END, Step, Steps};
use crate::protocol::error::ErrorCode;

/// How a block begins: not the last one, and which codes it has.
const FIXED: u64 = 0b010;
const MADE: u64 = 0b100;

/// How an empty block begins, which every message ends with (RFC 7692 section 7.2.1).
const STORED: u64 = 0b000;

/// How many bits each of these has.
const MARK_BITS: u32 = 3;

/// The codes that a block can have.
#[derive(Debug)]
pub(super) struct Codes {
    fixed: Pair,
    made: Pair,
    header: Header,
}

/// The words of bytes and lengths, and those of distances.
#[derive(Debug, Default)]
struct Pair {
    literals: Code,
    distances: Code,
}

impl Default for Codes {
    fn default() -> Codes {
        let lengths = (0..288).map(|symbol| match symbol {
            0..144 => 8,
            144..256 => 9,
            256..280 => 7,
            _ => 8,
        });
        let fixed = Pair {
            literals: Code::of_lengths(lengths),
            distances: Code::of_lengths([5; DISTANCES].into_iter()),
        };
        Codes { fixed, made: Pair::default(), header: Header::default() }
    }
}

impl Codes {
    /// Appends the steps of a message to `out` as a block, and the beginning of an empty one.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub(super) fn write(&mut self, steps: &mut Steps, out: &mut Vec<u8>) -> Result<(), ErrorCode> {
        let cost_fixed = self.fixed.cost(steps);
        make_two(&mut steps.distances);
        self.made.make(steps);
        let cost_made =
            self.made.cost(steps) + self.header.make(&self.made.literals, &self.made.distances);
        let bits = 2 * MARK_BITS + cost_fixed.min(cost_made) + steps.extra_bits;
        let room = bits as usize / 8 + 1 + AHEAD;
        let from = out.len();
        out.try_reserve(room).map_err(|_| ErrorCode::OutOfMemory)?;
        out.resize(from + room, 0);
        let mut place = Bits::new(out.get_mut(from..).unwrap_or_default());
        if cost_fixed <= cost_made {
            place.put(FIXED, MARK_BITS);
            self.fixed.put(&steps.steps, &mut place);
        } else {
            place.put(MADE, MARK_BITS);
            self.header.put(&mut place);
            self.made.put(&steps.steps, &mut place);
        }
        place.put(STORED, MARK_BITS);
        let filled = place.align();
        out.truncate(from + filled);
        Ok(())
    }
}

impl Pair {
    /// Makes both for the symbols that occur.
    fn make(&mut self, steps: &Steps) {
        self.literals.make(&steps.literals, MAX_LENGTH);
        self.distances.make(&steps.distances, MAX_LENGTH);
    }

    /// How many bits the words take.
    fn cost(&self, steps: &Steps) -> u32 {
        self.literals.cost(&steps.literals) + self.distances.cost(&steps.distances)
    }

    fn put(&self, steps: &[Step], place: &mut Bits<'_>) {
        for step in steps {
            let (symbol, extra, extra_bits) = step.literal();
            let word = self.literals.word(symbol);
            let mut bits = u64::from(word.bits) | extra << word.length;
            let mut count = u32::from(word.length) + extra_bits;
            let (symbol, extra, extra_bits) = step.distance();
            let word = self.distances.word(symbol);
            bits |= (u64::from(word.bits) | extra << word.length) << count;
            count += u32::from(word.length) + extra_bits;
            place.put(bits, count);
        }
        let end = self.literals.word(END);
        place.put(u64::from(end.bits), u32::from(end.length));
    }
}
