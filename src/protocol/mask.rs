//! Masking (RFC 6455 section 5.3): the exclusive-or of a payload with its four-byte key.

/// What is masked at once where there is enough of it.
const BLOCK_BYTES: usize = 64;

/// The bits that no byte of ASCII has, in a word of eight.
const NOT_ASCII: u64 = 0x8080_8080_8080_8080;

/// Masks or unmasks `payload` in place. `key` belongs to the first byte.
#[inline(always)]
pub fn apply(payload: &mut [u8], key: [u8; 4]) {
    mask::<false>(payload, key);
}

/// As [`apply`]; says whether all of it is ASCII after. To look at what goes by costs next to nothing,
/// and a text of ASCII needs no other check.
#[inline(always)]
pub fn apply_and_look(payload: &mut [u8], key: [u8; 4]) -> bool {
    mask::<true>(payload, key) & NOT_ASCII == 0
}

/// Masks; returns all bits that its bytes have after, at any place of a word, if it `LOOKS`.
#[inline(always)]
fn mask<const LOOKS: bool>(payload: &mut [u8], key: [u8; 4]) -> u64 {
    let half = u32::from_ne_bytes(key);
    // Both halves are the same bytes, so that the order of the bytes in a word does not matter.
    let word = u64::from(half) << 32 | u64::from(half);
    let is_long = payload.len() >= BLOCK_BYTES;
    let (mut rest, mut seen) = match (is_long, LOOKS) {
        (true, true) => look_at_words(payload, word),
        (true, false) => (mask_blocks(payload, word), 0),
        (false, _) => (payload, 0),
    };
    // What is left is short: a step for each bit of its length, without a loop that would be unrolled.
    if rest.len() & 32 != 0 {
        seen |= mask_first::<32>(&mut rest, word);
    }
    if rest.len() & 16 != 0 {
        seen |= mask_first::<16>(&mut rest, word);
    }
    if rest.len() & 8 != 0 {
        seen |= mask_first::<8>(&mut rest, word);
    }
    if rest.len() & 4 != 0
        && let Some((bytes, behind)) = std::mem::take(&mut rest).split_first_chunk_mut::<4>()
    {
        let masked = u32::from_ne_bytes(*bytes) ^ half;
        *bytes = masked.to_ne_bytes();
        seen |= u64::from(masked);
        rest = behind;
    }
    for (byte, key) in rest.iter_mut().zip(key) {
        *byte ^= key;
        seen |= u64::from(*byte);
    }
    if LOOKS { seen } else { 0 }
}

/// Masks the first bytes, of which there are enough, and moves behind them; returns their bits.
#[inline(always)]
fn mask_first<const BYTES: usize>(rest: &mut &mut [u8], word: u64) -> u64 {
    let Some((bytes, behind)) = std::mem::take(rest).split_first_chunk_mut::<BYTES>() else {
        return 0;
    };
    *rest = behind;
    let (words, _) = bytes.as_chunks_mut::<8>();
    words.iter_mut().fold(0, |seen, bytes| seen | mask_word(bytes, word))
}

/// Masks whole blocks, which the compiler turns into vectors; returns what is left.
#[inline(never)]
fn mask_blocks(payload: &mut [u8], word: u64) -> &mut [u8] {
    let (blocks, rest) = payload.as_chunks_mut::<BLOCK_BYTES>();
    for block in blocks {
        let (words, _) = block.as_chunks_mut::<8>();
        for bytes in words {
            mask_word(bytes, word);
        }
    }
    rest
}

/// Masks whole words; returns what is left, and the bits that were seen. Without blocks, as the
/// compiler would gather the bits of each block by itself.
#[inline(never)]
fn look_at_words(payload: &mut [u8], word: u64) -> (&mut [u8], u64) {
    let (words, rest) = payload.as_chunks_mut::<8>();
    let mut seen = 0;
    for bytes in words {
        seen |= mask_word(bytes, word);
    }
    (rest, seen)
}

#[inline(always)]
fn mask_word(bytes: &mut [u8; 8], word: u64) -> u64 {
    let masked = u64::from_ne_bytes(*bytes) ^ word;
    *bytes = masked.to_ne_bytes();
    masked
}

/// The key as it stands for a byte that comes `offset` bytes after the payload's first.
#[inline]
pub fn rotate(key: [u8; 4], offset: usize) -> [u8; 4] {
    let bits = (offset % 4) as u32 * 8;
    u32::from_be_bytes(key).rotate_left(bits).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_section_5_7_unmasks() {
        let mut payload = [0x7f, 0x9f, 0x4d, 0x51, 0x58];
        apply(&mut payload, [0x37, 0xfa, 0x21, 0x3d]);
        assert_eq!(&payload, b"Hello");
    }

    #[test]
    fn rotation_starts_the_key_at_the_offset() {
        let key = [1, 2, 3, 4];
        let want = [[1, 2, 3, 4], [2, 3, 4, 1], [3, 4, 1, 2], [4, 1, 2, 3], [1, 2, 3, 4]];
        for (offset, want) in want.into_iter().enumerate() {
            assert_eq!(rotate(key, offset), want);
        }
    }

    proptest! {
        #[test]
        fn a21_masking_equals_the_byte_by_byte_rule(
            data in proptest::collection::vec(any::<u8>(), 0..300),
            key in any::<[u8; 4]>(),
            start in 0usize..16,
        ) {
            let mut got = data.clone();
            let start = start.min(got.len());
            apply(&mut got[start..], rotate(key, start));
            for (at, byte) in data.iter().enumerate() {
                let want = if at < start { *byte } else { byte ^ key[at % 4] };
                prop_assert_eq!(got[at], want);
            }
        }

        #[test]
        fn a14_a21_looking_finds_each_byte_that_is_not_ascii(
            text in proptest::collection::vec(0u8..0x80, 0..300),
            key in any::<[u8; 4]>(),
            other in proptest::option::of((any::<proptest::sample::Index>(), 0x80u8..)),
        ) {
            let mut text = text;
            if let Some((place, byte)) = other && !text.is_empty() {
                let at = place.index(text.len());
                text[at] = byte;
            }
            let mut payload: Vec<u8> =
                text.iter().enumerate().map(|(at, byte)| byte ^ key[at % 4]).collect();
            prop_assert_eq!(apply_and_look(&mut payload, key), text.is_ascii());
            prop_assert_eq!(payload, text);
        }
    }
}
