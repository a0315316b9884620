//! Which bytes may stand where in an HTTP head (RFC 9110 section 5.6.2, RFC 9112), one at a time or in
//! runs. What they mean is not known here.

/// Which bytes may stand in a token (RFC 9110 section 5.6.2).
const TOKEN_BYTES: [bool; 256] = table_of(b"!#$%&'*+-.^_`|~");

/// Which bytes may stand in the name of a host: those that are unreserved, and percent signs (RFC 3986
/// section 3.2.2).
const HOST_BYTES: [bool; 256] = table_of(b"-._~%");

/// A table of the letters and digits and of these.
const fn table_of(marks: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let mut rest = marks;
    while let [mark, others @ ..] = rest {
        table[*mark as usize] = true;
        rest = others;
    }
    table
}

/// Whether the byte may stand in a token.
pub(super) fn is_token_byte(byte: u8) -> bool {
    TOKEN_BYTES.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Whether the byte may stand in the name of a host.
pub(super) fn is_host_byte(byte: u8) -> bool {
    HOST_BYTES.get(usize::from(byte)).copied().unwrap_or_default()
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

/// Marks the control characters among eight bytes with their highest bits.
fn controls_of(group: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHEST_BITS: u64 = ONES << 7;
    // What is added to seven bits carries into the eighth at most.
    let seven_bits = group & !HIGHEST_BITS;
    let from_space = seven_bits + ONES * (0x80 - 0x20);
    let is_delete = seven_bits + ONES;
    (!from_space | is_delete) & !group & HIGHEST_BITS
}

#[cfg(test)]
mod tests {
    use super::{is_host_byte, is_text_byte, is_token_byte};

    /// What the specification says, character by character: RFC 9110 sections 5.5 and 5.6.2, RFC 3986 section 2.3.
    #[test]
    fn bytes_may_stand_where_the_specification_lets_them() {
        for byte in 0..=255_u8 {
            let is_mark = b"!#$%&'*+-.^_`|~".contains(&byte);
            assert_eq!(is_token_byte(byte), byte.is_ascii_alphanumeric() || is_mark, "{byte:#x}");
            let is_of_host = byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
            assert_eq!(is_host_byte(byte), is_of_host, "{byte:#x}");
            let is_text = byte == b'\t' || (byte >= b' ' && byte != 0x7F);
            assert_eq!(is_text_byte(byte), is_text, "{byte:#x}");
        }
    }
}
