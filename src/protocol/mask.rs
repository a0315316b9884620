//! Masking (RFC 6455 section 5.3): the exclusive-or of a payload with its four-byte key.

/// What is masked at once where there is enough of it.
const BLOCK_BYTES: usize = 64;

/// Masks or unmasks `payload` in place. `key` belongs to the first byte.
#[inline(always)]
pub fn apply(payload: &mut [u8], key: [u8; 4]) {
    let half = u32::from_ne_bytes(key);
    // Both halves are the same bytes, so that the order of the bytes in a word does not matter.
    let word = u64::from(half) << 32 | u64::from(half);
    let rest = if payload.len() < BLOCK_BYTES { payload } else { apply_blocks(payload, word) };
    let rest = apply_words(rest, word);
    let rest = match rest.split_first_chunk_mut::<4>() {
        Some((bytes, rest)) => {
            *bytes = (u32::from_ne_bytes(*bytes) ^ half).to_ne_bytes();
            rest
        }
        None => rest,
    };
    for (byte, key) in rest.iter_mut().zip(key) {
        *byte ^= key;
    }
}

/// Masks whole blocks, which the compiler turns into vectors; returns what is left.
#[inline(never)]
fn apply_blocks(payload: &mut [u8], word: u64) -> &mut [u8] {
    let (blocks, rest) = payload.as_chunks_mut::<BLOCK_BYTES>();
    for block in blocks {
        apply_words(block, word);
    }
    rest
}

/// Masks whole words; returns what is left.
#[inline(always)]
fn apply_words(payload: &mut [u8], word: u64) -> &mut [u8] {
    let (words, rest) = payload.as_chunks_mut::<8>();
    for bytes in words {
        *bytes = (u64::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
    }
    rest
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
    }
}
