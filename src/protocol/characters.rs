//! Which bytes may stand where in an HTTP head (RFC 9110 section 5.6.2, RFC 9112), one at a time or in
//! runs. What they mean is not known here.

/// Which bytes may stand in a token (RFC 9110 section 5.6.2).
const TOKEN_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut rest: &[u8] =
        b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-.^_`|~";
    while let [byte, others @ ..] = rest {
        table[*byte as usize] = true;
        rest = others;
    }
    table
};

/// Whether the byte may stand in a token.
pub(super) fn is_token_byte(byte: u8) -> bool {
    TOKEN_BYTES.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Whether the byte may stand in a target: a visible ASCII character.
pub(super) fn is_target_byte(byte: u8) -> bool {
    matches!(byte, 0x21..=0x7E)
}

/// Whether the byte may stand in a field value or a phrase (RFC 9110 section 5.5): a tab, a space,
/// a visible character, or one beyond ASCII, which is passed on as it is.
pub(super) fn is_text_byte(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x20..=0x7E | 0x80..)
}

/// How many bytes at the beginning are all of a kind.
pub(super) fn run(bytes: &[u8], is_of_kind: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !is_of_kind(*byte)).unwrap_or(bytes.len())
}

/// How many bytes at the beginning may stand in a field value. Nearly all of a head are such: eight are
/// looked at together.
pub(super) fn run_of_text(bytes: &[u8]) -> usize {
    let mut count = 0;
    while let Some(group) = bytes.get(count..).and_then(|rest| rest.first_chunk()) {
        let controls = controls_of(u64::from_le_bytes(*group));
        // The lowest mark is that of the first byte.
        count += (controls.trailing_zeros() / u8::BITS) as usize;
        if controls != 0 {
            match bytes.get(count) {
                Some(b'\t') => count += 1,
                _ => return count,
            }
        }
    }
    count + run(bytes.get(count..).unwrap_or_default(), is_text_byte)
}

/// Marks the control characters among eight bytes: the highest bit is set of the first of them, and of
/// none before it.
fn controls_of(group: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHEST_BITS: u64 = ONES << 7;
    // A byte below what is subtracted borrows from those behind it, never from those before.
    let below_space = group.wrapping_sub(ONES * 0x20) & !group;
    let from_delete = group ^ (ONES * 0x7F);
    let is_delete = from_delete.wrapping_sub(ONES) & !from_delete;
    (below_space | is_delete) & HIGHEST_BITS
}

#[cfg(test)]
mod tests {
    use super::{is_text_byte, is_token_byte};

    /// What the specification says, character by character: RFC 9110 sections 5.5 and 5.6.2.
    #[test]
    fn bytes_may_stand_where_the_specification_lets_them() {
        for byte in 0..=255_u8 {
            let is_mark = b"!#$%&'*+-.^_`|~".contains(&byte);
            assert_eq!(is_token_byte(byte), byte.is_ascii_alphanumeric() || is_mark, "{byte:#x}");
            let is_text = byte == b'\t' || (byte >= b' ' && byte != 0x7F);
            assert_eq!(is_text_byte(byte), is_text, "{byte:#x}");
        }
    }
}
