//! Huffman codes, made for the symbols of a block (RFC 1951 section 3.2.2).

/// How many symbols an alphabet has at most.
const SYMBOLS: usize = 288;

/// What a symbol of nine bits can be, so that none is outside.
const PLACES: usize = 512;

/// How many bits a word has at most.
pub(super) const MAX_LENGTH: usize = 15;

/// How deep a tree can be that is made of 16 bits of counts: each two levels down, at most half of
/// them are left.
const MAX_DEPTH: usize = 32;

/// The bits that stand for a symbol, and how many they are: none if it does not occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Word {
    pub(super) bits: u16,
    pub(super) length: u8,
}

/// How many words there are of each length.
type Lengths = [u32; MAX_LENGTH + 1];

/// The words of an alphabet.
#[derive(Debug)]
pub(super) struct Code {
    words: [Word; PLACES],
    /// How many symbols there are up to the last that has a word.
    used: usize,
}

impl Default for Code {
    fn default() -> Code {
        Code { words: [Word::default(); PLACES], used: 0 }
    }
}

impl Code {
    /// A code of which the lengths are known.
    pub(super) fn of_lengths(lengths: impl Iterator<Item = u8>) -> Code {
        let mut code = Code::default();
        let mut counts: Lengths = [0; MAX_LENGTH + 1];
        for (word, length) in code.words.iter_mut().zip(lengths) {
            word.length = length;
            code.used += 1;
            if let Some(count) = counts.get_mut(usize::from(length)) {
                *count += 1;
            }
        }
        code.give_bits(&counts);
        code
    }

    /// The word of a symbol.
    #[inline(always)]
    pub(super) fn word(&self, symbol: usize) -> Word {
        self.words.get(symbol % PLACES).copied().unwrap_or_default()
    }

    /// The words up to the last that a symbol has.
    pub(super) fn used(&self) -> &[Word] {
        self.words.get(..self.used).unwrap_or_default()
    }

    /// How many bits the words take of symbols that occur so often.
    pub(super) fn cost(&self, counts: &[u16]) -> u32 {
        let words = self.words.iter().zip(counts);
        words.map(|(word, count)| u32::from(word.length) * u32::from(*count)).sum()
    }

    /// Gives words to the symbols that occur, which make them short together and have at most
    /// `max_length` bits. Two symbols occur at least.
    pub(super) fn make(&mut self, counts: &[u16], max_length: usize) {
        // Each symbol behind its count, so that they can be sorted by it.
        let mut symbols = [0_u32; SYMBOLS];
        let mut found = 0;
        for (symbol, count) in (0_u32..).zip(counts) {
            if let (1.., Some(place)) = (*count, symbols.get_mut(found)) {
                *place = u32::from(*count) << 9 | symbol;
                found += 1;
            }
        }
        let symbols = symbols.get_mut(..found).unwrap_or_default();
        symbols.sort_unstable();
        let lengths = limit(depths(symbols), max_length);
        self.words.iter_mut().take(counts.len()).for_each(|word| *word = Word::default());
        self.used = counts.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        let mut rarest = symbols.iter();
        for (length, count) in (0..=15_u8).zip(lengths).rev() {
            for symbol in rarest.by_ref().take(count as usize) {
                if let Some(word) = self.words.get_mut(*symbol as usize % PLACES) {
                    word.length = length;
                }
            }
        }
        self.give_bits(&lengths);
    }

    /// Shorter words come first, those of one length in the order of their symbols.
    fn give_bits(&mut self, lengths: &Lengths) {
        let mut next = [0_u16; MAX_LENGTH + 1];
        let mut first = 0;
        for (next, count) in next.iter_mut().zip(lengths).skip(1) {
            *next = first as u16;
            first = (first + count) << 1;
        }
        for word in self.words.iter_mut().take(self.used) {
            if let (1.., Some(next)) = (word.length, next.get_mut(usize::from(word.length))) {
                // In a stream the highest bit of a word comes first.
                word.bits = next.reverse_bits().wrapping_shr(16 - u32::from(word.length));
                *next = next.wrapping_add(1);
            }
        }
    }
}

/// How deep the leaves hang of the tree that joins the two least counts again and again: how many at
/// each depth. The symbols are sorted, each behind its count.
fn depths(symbols: &[u32]) -> [u32; MAX_DEPTH] {
    let mut sums = [0_u32; SYMBOLS];
    let mut parents = [0_u16; SYMBOLS];
    let (mut leaf, mut inner) = (0, 0);
    let joints = symbols.len().saturating_sub(1);
    for (joint, parent) in (0..joints).zip(0_u16..) {
        let mut sum = 0;
        for _ in 0..2 {
            let of_leaf = symbols.get(leaf).map(|symbol| symbol >> 9);
            let of_joint = sums.get(inner).copied().filter(|_| inner < joint);
            match (of_leaf, of_joint) {
                (Some(count), joined) if joined.is_none_or(|joined| count <= joined) => {
                    sum += count;
                    leaf += 1;
                }
                (_, joined) => {
                    sum += joined.unwrap_or_default();
                    if let Some(place) = parents.get_mut(inner) {
                        *place = parent;
                    }
                    inner += 1;
                }
            }
        }
        if let Some(place) = sums.get_mut(joint) {
            *place = sum;
        }
    }
    leaves_by_depth(parents.get(..joints).unwrap_or_default())
}

/// How many leaves there are at each depth, where it is known what each joint hangs on: the last one
/// on nothing, the others on a later one.
fn leaves_by_depth(parents: &[u16]) -> [u32; MAX_DEPTH] {
    let mut depths = [0_u8; SYMBOLS];
    let mut joints = [0_u32; MAX_DEPTH];
    let root = parents.len().saturating_sub(1);
    for (joint, parent) in parents.iter().enumerate().rev() {
        let above = depths.get(usize::from(*parent)).copied().unwrap_or_default();
        let depth = if joint == root { 0 } else { above + 1 };
        if let (Some(place), Some(count)) =
            (depths.get_mut(joint), joints.get_mut(usize::from(depth)))
        {
            *place = depth;
            *count += 1;
        }
    }
    let mut leaves = [0; MAX_DEPTH];
    let mut places = 1_u32;
    for (leaves, joints) in leaves.iter_mut().zip(joints) {
        *leaves = places.saturating_sub(joints);
        places = 2 * joints;
    }
    leaves
}

/// Makes words that are too long as long as they may be, and others longer, until all can be told
/// apart again.
fn limit(depths: [u32; MAX_DEPTH], max_length: usize) -> Lengths {
    let mut lengths: Lengths = [0; MAX_LENGTH + 1];
    // In units of the longest word: what the words take up, of which there is 1 << max_length.
    let mut spent = 0_u32;
    for (depth, count) in depths.into_iter().enumerate() {
        let length = depth.min(max_length);
        if let Some(place) = lengths.get_mut(length) {
            *place += count;
            spent += count << (max_length - length);
        }
    }
    for _ in 1 << max_length..spent {
        let longer = (1..max_length).rev().find(|length| lengths.get(*length) > Some(&0));
        let length = longer.unwrap_or_default();
        // One of the longest finds its place beside another that gets one bit longer.
        if let Some([word, longer]) = lengths.get_mut(length..length + 2) {
            *word -= 1;
            *longer += 2;
        }
        if let Some(longest) = lengths.get_mut(max_length) {
            *longest -= 1;
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths_of(counts: &[u16], max_length: usize) -> Vec<u8> {
        let mut code = Code::default();
        code.make(counts, max_length);
        code.used().iter().map(|word| word.length).collect()
    }

    #[test]
    fn what_comes_often_gets_a_short_word() {
        assert_eq!(lengths_of(&[1, 1], 15), [1, 1]);
        assert_eq!(lengths_of(&[0, 7, 0, 1], 15), [0, 1, 0, 1]);
        assert_eq!(lengths_of(&[45, 13, 12, 16, 9, 5], 15), [1, 3, 3, 3, 4, 4]);
        assert_eq!(lengths_of(&[3; 8], 15), [3; 8]);
    }

    #[test]
    fn no_word_is_longer_than_it_may_be() {
        // Each count the sum of the two before: the deepest tree that there is.
        let mut counts = [1_u16; 22];
        for at in 2..counts.len() {
            counts[at] = counts[at - 1] + counts[at - 2];
        }
        for max_length in [5, 7, 15] {
            let lengths = lengths_of(&counts, max_length);
            let most = usize::from(*lengths.iter().max().unwrap());
            assert_eq!(most, max_length);
            let spent: u32 = lengths.iter().map(|length| 1 << (max_length as u8 - length)).sum();
            assert_eq!(spent, 1 << max_length, "{max_length}");
        }
    }

    #[test]
    fn words_are_those_of_the_example_of_section_3_2_2() {
        let code = Code::of_lengths([3, 3, 3, 3, 3, 2, 4, 4].into_iter());
        // As they stand in a stream: from their last bit to their first.
        let want = [0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111];
        let bits: Vec<u16> = code.used().iter().map(|word| word.bits).collect();
        assert_eq!(bits, want);
    }
}
