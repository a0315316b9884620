//! Frames written by hand, so that nothing that is measured has made them.

/// The key of all frames. Its bytes have no high bit, so that a text of ASCII stays one however often
/// it is masked in place.
pub const KEY: [u8; 4] = [1, 2, 3, 4];

/// What is decoded in one go: enough that a loop around it does not show.
const BATCH_BYTES: usize = 64 << 10;

/// Opcodes of data, as they stand in a first byte with FIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text = 0x81,
    Binary = 0x82,
}

/// A payload of ASCII.
pub fn payload(size: usize) -> Vec<u8> {
    (0..size).map(|at| b"The quick brown fox jumps over the lazy dog. "[at % 45]).collect()
}

/// A frame as a client sends it.
pub fn masked(kind: Kind, size: usize) -> Vec<u8> {
    let mut frame = vec![kind as u8];
    match size {
        0..=125 => frame.push(0x80 | size as u8),
        126..=0xFFFF => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(size as u16).to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&(size as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&KEY);
    frame.extend(payload(size).iter().zip(KEY.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// So many of these frames that they are worth a batch, and their number.
pub fn batch(kind: Kind, size: usize) -> (Vec<u8>, usize) {
    let frame = masked(kind, size);
    let count = (BATCH_BYTES / frame.len()).max(1);
    (frame.repeat(count), count)
}
