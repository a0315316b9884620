//! What the benches share: frames, a stream in memory, and an endpoint of oxws without a transport.

pub mod cpu_time;
pub mod endpoint;
pub mod frames;
pub mod memory;

/// Bytes of payload that the benches are run with.
pub const SIZES: [usize; 5] = [16, 125, 1024, 64 << 10, 1 << 20];

/// The name of a size.
pub fn size_name(size: usize) -> String {
    match size {
        0..1024 => format!("{size} B"),
        1024..0x10_0000 => format!("{} KiB", size >> 10),
        _ => format!("{} MiB", size >> 20),
    }
}
