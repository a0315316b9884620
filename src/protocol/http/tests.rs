//! How heads are read: how often their bytes are looked at, and the limits by default.

use super::{HeadKind, HeadLimits, HeadReader};
use crate::protocol::error::ErrorCode;

#[test]
fn c01_the_work_grows_with_the_head_alone() {
    let mut head = b"GET / HTTP/1.1\r\n".to_vec();
    while head.len() < 16_300 {
        head.extend_from_slice(b"Name: ");
        head.extend_from_slice(&[b'v'; 1_000]);
        head.extend_from_slice(b"\r\n");
    }
    head.truncate(16_384);
    for piece_bytes in [1, 7, 16_384] {
        let mut reader = HeadReader::new(HeadKind::Request, HeadLimits::default());
        for piece in head.chunks(piece_bytes) {
            reader.feed(piece).expect("the head is well-formed so far");
        }
        assert_eq!(reader.buffered_bytes(), 16_384);
        // Once as part of a run, once where that stopped, and once where none follows.
        assert!((16_384..=3 * 16_384).contains(&reader.looks), "{}", reader.looks);
    }
}

/// Values are looked at in groups; each byte is judged by itself at every place, whatever is beside it.
#[test]
fn c01_a_wrong_byte_is_found_wherever_it_stands_in_a_value() {
    let start = b"GET / HTTP/1.1\r\nName:";
    for (place, beside) in (0..20).flat_map(|place| b"v \t~\x80\xFF".map(|b| (place, b))) {
        // A CR is right where an LF follows.
        for byte in (0..=255).filter(|byte| *byte != b'\r') {
            let mut head = [start.as_slice(), &[beside; 20]].concat();
            head[start.len() + place] = byte;
            let mut reader = HeadReader::new(HeadKind::Request, HeadLimits::default());
            let fed = reader.feed(&head).map(|fed| fed.consumed);
            let is_right = byte == b'\t' || (byte >= b' ' && byte != 0x7F);
            let (want, bytes) = match is_right {
                true => (Ok(head.len()), head.len()),
                false => (Err(ErrorCode::HandshakeMalformed), start.len() + place),
            };
            assert_eq!((fed, reader.buffered_bytes()), (want, bytes), "{byte:#x} at {place}");
        }
    }
}

#[test]
fn the_defaults_are_those_of_the_manual() {
    let want = HeadLimits { total_bytes: 16_384, line_bytes: 8_192, fields: 100 };
    assert_eq!(HeadLimits::default(), want);
}
