//! Repetitions found in a message.

use super::symbols::Steps;
use crate::protocol::error::ErrorCode;

/// The most bytes of a message: places in it fit 15 bits.
pub(super) const MAX_BYTES: usize = 1 << 15;

/// The least and the most bytes that a repetition has. Three could be told as well, but hardly pay.
const SHORTEST: usize = 4;
const LONGEST: usize = 258;

/// How many starts are told apart at most, as a power of two.
const MAX_TABLE_BITS: u32 = 14;

/// What is behind a message in its place, of which eight bytes are read at once.
const AHEAD: usize = 8;

/// The bytes of a message in a place of fixed size: each place in it that is read is compared with a
/// number, which takes less time than with the end of a slice.
type Text = [u8; MAX_BYTES + AHEAD];

/// How hard repetitions are searched for.
#[derive(Debug, Clone, Copy)]
struct Effort {
    /// How many earlier places with the same start are looked at.
    places: u32,
    /// Below this length it is seen whether a longer one begins at the next byte.
    lazy: usize,
    /// A length for which no longer one is looked for.
    enough: usize,
}

impl Effort {
    /// What is found is about as much as zlib finds at the level.
    fn of(level: u8) -> Effort {
        let (places, lazy, enough) = match level {
            0..=2 => (4, 0, 32),
            3 => (6, 5, 32),
            4 => (12, 6, 48),
            5 => (16, 16, 64),
            6 => (32, 24, 128),
            7 => (128, 32, LONGEST),
            8 => (512, 64, LONGEST),
            _ => (2048, LONGEST, LONGEST),
        };
        Effort { places, lazy, enough }
    }
}

/// A message, and where each start was in it. Of all this only as much is touched as the message has
/// bytes.
pub(super) struct Matcher {
    text: Box<Text>,
    length: usize,
    /// For each start the place behind its last one; 0 is none.
    last: Box<[u16; 1 << MAX_TABLE_BITS]>,
    /// For each place the one before it with the same start, likewise.
    before: Box<[u16; MAX_BYTES]>,
}

impl Default for Matcher {
    fn default() -> Matcher {
        Matcher { text: zeros(), length: 0, last: zeros(), before: zeros() }
    }
}

impl Matcher {
    /// Takes a message in parts.
    ///
    /// # Errors
    ///
    /// `TooLong` if it is larger than [`MAX_BYTES`].
    pub(super) fn take(&mut self, parts: &[&[u8]]) -> Result<(), ErrorCode> {
        self.length = 0;
        for part in parts {
            let end = self.length.saturating_add(part.len());
            let text =
                self.text.get_mut(..MAX_BYTES).and_then(|text| text.get_mut(self.length..end));
            text.ok_or(ErrorCode::TooLong)?.copy_from_slice(part);
            self.length = end;
        }
        Ok(())
    }

    /// Cuts the message into steps, which reach no further back than `window`.
    ///
    /// # Errors
    ///
    /// `OutOfMemory`.
    pub(super) fn cut(
        &mut self,
        window: usize,
        level: u8,
        steps: &mut Steps,
    ) -> Result<(), ErrorCode> {
        steps.clear();
        steps.steps.try_reserve(self.length).map_err(|_| ErrorCode::OutOfMemory)?;
        // Four times as many as the message has bytes, so that few starts share a place; and no more,
        // as they are cleared before each.
        let table_bits = (self.length.max(16) - 1).ilog2() + 3;
        let table_bits = table_bits.min(MAX_TABLE_BITS);
        self.last.iter_mut().take(1 << table_bits).for_each(|place| *place = 0);
        let mut search = Search {
            text: &self.text,
            end: self.length,
            last: &mut self.last,
            before: &mut self.before,
            table_bits,
            window,
            effort: Effort::of(level),
        };
        search.run(steps);
        Ok(())
    }
}

/// A message in which is searched.
struct Search<'a> {
    text: &'a Text,
    end: usize,
    last: &'a mut [u16; 1 << MAX_TABLE_BITS],
    before: &'a mut [u16; MAX_BYTES],
    table_bits: u32,
    window: usize,
    effort: Effort,
}

/// A repetition of what was so many bytes before; without length, none.
#[derive(Debug, Clone, Copy, Default)]
struct Match {
    length: usize,
    distance: usize,
}

impl Search<'_> {
    fn run(&mut self, steps: &mut Steps) {
        let mut at = 0;
        while at + SHORTEST <= self.end {
            let mut found = self.find(at, SHORTEST - 1);
            if found.length == 0 {
                steps.byte(self.byte(at));
                at += 1;
                continue;
            }
            let mut noted = at + 1;
            while found.length < self.effort.lazy && noted + SHORTEST <= self.end {
                let next = self.find(noted, found.length);
                noted += 1;
                if next.length == 0 {
                    break;
                }
                steps.byte(self.byte(at));
                at += 1;
                found = next;
            }
            steps.repetition(found.length, found.distance);
            at += found.length;
            for place in noted..at {
                self.note(place);
            }
        }
        for at in at..self.end {
            steps.byte(self.byte(at));
        }
    }

    #[inline(always)]
    fn byte(&self, at: usize) -> u8 {
        self.text.get(at % MAX_BYTES).copied().unwrap_or_default()
    }

    /// Notes the start at a place; the place behind the last one with it.
    #[inline(always)]
    fn note(&mut self, at: usize) -> usize {
        let slot = four(self.text, at).wrapping_mul(0x9e37_79b1) >> (32 - self.table_bits);
        let (last, before) = (
            self.last.get_mut(slot as usize % (1 << MAX_TABLE_BITS)),
            self.before.get_mut(at % MAX_BYTES),
        );
        let (Some(last), Some(before)) = (last, before) else {
            return 0;
        };
        *before = std::mem::replace(last, (at + 1) as u16);
        usize::from(*before)
    }

    /// The longest repetition at a place, if it has more than `least` bytes. There are four bytes at
    /// the place.
    #[inline(always)]
    fn find(&mut self, at: usize, least: usize) -> Match {
        let mut behind = self.note(at);
        let nearest = at.saturating_sub(self.window);
        let most = (self.end - at).min(LONGEST);
        let mut best = Match::default();
        if behind <= nearest || least >= most {
            return best;
        }
        let mut longest = least;
        let mut ending = four(self.text, at + longest - 3);
        for _ in 0..self.effort.places {
            let place = behind - 1;
            // One that is to be longer has to be the same where the best one ends.
            if four(self.text, place + longest - 3) == ending {
                let length = self.common(place, at).min(most);
                if length > longest {
                    best = Match { length, distance: at - place };
                    if length >= self.effort.enough || length >= most {
                        break;
                    }
                    longest = length;
                    ending = four(self.text, at + longest - 3);
                }
            }
            behind = self.before.get(place % MAX_BYTES).map_or(0, |behind| usize::from(*behind));
            if behind <= nearest {
                break;
            }
        }
        best
    }

    /// How many bytes at two places are the same. Behind the message there is anything: what goes on
    /// beyond its end, or beyond [`LONGEST`], does not count.
    #[inline(always)]
    fn common(&self, place: usize, at: usize) -> usize {
        let mut length = 0;
        while length < LONGEST {
            let different = eight(self.text, place + length) ^ eight(self.text, at + length);
            if different != 0 {
                return length + different.trailing_zeros() as usize / 8;
            }
            length += 8;
        }
        length
    }
}

#[inline(always)]
fn four(text: &Text, at: usize) -> u32 {
    let bytes = text.get(at..at + 4).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

#[inline(always)]
fn eight(text: &Text, at: usize) -> u64 {
    let bytes = text.get(at..at + 8).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// An array that is made on the heap: it would be large for a stack.
fn zeros<T: Copy + Default, const N: usize>() -> Box<[T; N]> {
    let items = vec![T::default(); N].into_boxed_slice();
    items.try_into().unwrap_or_else(|_| Box::new([T::default(); N]))
}
