//! Single frames, read and written without a connection (RFC 6455 sections 5.2, 5.3 and 5.7): every
//! first byte, every form of a length at its borders, every truncation, both roles.

use oxws::protocol::encoded_header::EncodedHeader;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::frame::{decode, decode_extended, read};
use oxws::protocol::mask;
use oxws::protocol::opcode::Role;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
const MAX: u64 = u64::MAX >> 1;

/// Lengths at the borders of the three forms, and the bytes that stand for them.
const LENGTHS: [(u64, &[u8]); 9] = [
    (0, &[0]),
    (1, &[1]),
    (125, &[125]),
    (126, &[126, 0, 126]),
    (127, &[126, 0, 127]),
    (0xFFFF, &[126, 0xFF, 0xFF]),
    (0x1_0000, &[127, 0, 0, 0, 0, 0, 1, 0, 0]),
    (0x1_0000_0000, &[127, 0, 0, 0, 1, 0, 0, 0, 0]),
    (MAX, &[127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
];

/// The header that section 5.2 wants.
fn header(first: u8, length: &[u8], key: Option<[u8; 4]>) -> Vec<u8> {
    let mut bytes = vec![first];
    bytes.extend_from_slice(length);
    if let Some(key) = key {
        bytes[1] |= 0x80;
        bytes.extend_from_slice(&key);
    }
    bytes
}

/// What is wrong with a frame of this first byte and length, if extensions use `used`.
fn fault(first: u8, length: u64, used: u8) -> Option<ErrorCode> {
    let opcode = first & 0x0F;
    if first & 0x70 & !used != 0 {
        Some(ErrorCode::ReservedBits)
    } else if matches!(opcode, 3..=7 | 0xB..=0xF) {
        Some(ErrorCode::ReservedOpcode)
    } else if opcode >= 8 && first & 0x80 == 0 {
        Some(ErrorCode::ControlFragmented)
    } else {
        (opcode >= 8 && length > 125).then_some(ErrorCode::ControlTooLong)
    }
}

#[test]
fn a08_a09_a10_a20_every_first_byte_with_every_length_is_read_or_refused() {
    for first in 0..=255u8 {
        for (length, bytes) in LENGTHS {
            for (role, key) in [(Role::Server, Some(KEY)), (Role::Client, None)] {
                for used in [0, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70] {
                    let bytes = header(first, bytes, key);
                    let got = decode_extended(&bytes, role, used);
                    let Some(fault) = fault(first, length, used) else {
                        let got = got.unwrap().unwrap();
                        assert_eq!((got.length, got.size), (length, bytes.len()));
                        assert_eq!(got.key, key.unwrap_or_default());
                        assert_eq!(got.fin, first & 0x80 != 0);
                        assert_eq!(got.opcode.bits(), first & 0x0F);
                        continue;
                    };
                    assert_eq!(got, Err(fault), "{first:#04x} {length} {role:?} {used:#04x}");
                }
            }
        }
    }
}

#[test]
fn a09_a10_a13_every_first_byte_with_every_length_is_written_or_refused() {
    for first in 0..=255u8 {
        for (length, bytes) in LENGTHS {
            for key in [Some(KEY), None] {
                let got = EncodedHeader::with_first_byte(first, length, key);
                match fault(first, length, 0x70) {
                    None => assert_eq!(got.unwrap().as_bytes(), header(first, bytes, key)),
                    Some(fault) => assert_eq!(got.err(), Some(fault), "{first:#04x} {length}"),
                }
            }
        }
    }
    for length in [MAX + 1, u64::MAX] {
        let got = EncodedHeader::with_first_byte(0x82, length, None);
        assert_eq!(got.err(), Some(ErrorCode::LengthTopBit));
    }
}

#[test]
fn a20_lengths_that_could_be_shorter_are_refused() {
    let cases: [&[u8]; 6] = [
        &[126, 0, 0],
        &[126, 0, 125],
        &[127, 0, 0, 0, 0, 0, 0, 0, 0],
        &[127, 0, 0, 0, 0, 0, 0, 0, 125],
        &[127, 0, 0, 0, 0, 0, 0, 0, 126],
        &[127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF],
    ];
    for length in cases {
        let server = decode(&header(0x82, length, Some(KEY)), Role::Server);
        let client = decode(&header(0x82, length, None), Role::Client);
        assert_eq!(server, Err(ErrorCode::LengthNotMinimal), "{length:?}");
        assert_eq!(client, Err(ErrorCode::LengthNotMinimal), "{length:?}");
    }
}

#[test]
fn a_frame_that_is_cut_is_incomplete_and_left_as_it_was() {
    for (role, key) in [(Role::Server, Some(KEY)), (Role::Client, None)] {
        for (length, bytes) in LENGTHS.into_iter().filter(|(length, _)| *length <= 0x1_0000) {
            let length = usize::try_from(length).unwrap();
            let mut whole = header(0x82, bytes, key);
            let head = whole.len();
            whole.resize(head + length, 0xA5);
            let cuts =
                (0..whole.len().min(head + 130)).chain(whole.len().saturating_sub(3)..whole.len());
            for cut in cuts {
                let mut part = whole[..cut].to_vec();
                let got = read(&mut part, role, 0, MAX);
                assert_eq!(got.err(), Some(ErrorCode::FrameIncomplete), "{length} cut at {cut}");
                assert_eq!(part, whole[..cut]);
            }
            whole.extend_from_slice(b"the next frame");
            let frame = read(&mut whole, role, 0, length as u64).unwrap();
            let mask = key.unwrap_or_default();
            assert_eq!((frame.first_byte, frame.size), (0x82, head + length));
            assert_eq!(frame.payload.len(), length);
            assert!(
                frame.payload.iter().enumerate().all(|(at, byte)| *byte == 0xA5 ^ mask[at % 4])
            );
            assert!(whole.ends_with(b"the next frame"));
        }
    }
}

#[test]
fn a01_a_frame_over_the_limit_is_refused_as_soon_as_its_length_is_there() {
    for (length, bytes) in LENGTHS.into_iter().skip(1) {
        for (role, key) in [(Role::Server, Some(KEY)), (Role::Client, None)] {
            let mut part = header(0x82, bytes, key);
            part.truncate(1 + bytes.len());
            for max in [0, length - 1] {
                let got = read(&mut part, role, 0, max).err();
                assert_eq!(got, Some(ErrorCode::FrameTooBig), "{length} {max} {role:?}");
            }
            let got = read(&mut part, role, 0, length).err();
            assert_eq!(got, Some(ErrorCode::FrameIncomplete), "{length} {role:?}");
        }
    }
}

#[test]
fn the_examples_of_section_5_7_are_read_and_written() {
    let long = |first: &[u8], len| [first, vec![7; len].as_slice()].concat();
    type Case = (u8, Option<[u8; 4]>, Vec<u8>, Vec<u8>);
    let cases: [Case; 7] = [
        (0x81, None, b"Hello".to_vec(), b"\x81\x05Hello".to_vec()),
        (
            0x81,
            Some(KEY),
            b"Hello".to_vec(),
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58".to_vec(),
        ),
        (0x01, None, b"Hel".to_vec(), b"\x01\x03Hel".to_vec()),
        (0x80, None, b"lo".to_vec(), b"\x80\x02lo".to_vec()),
        (0x89, None, b"Hello".to_vec(), b"\x89\x05Hello".to_vec()),
        (0x82, None, vec![7; 256], long(b"\x82\x7e\x01\x00", 256)),
        (0x82, None, vec![7; 65536], long(b"\x82\x7f\0\0\0\0\0\x01\0\0", 65536)),
    ];
    for (first, key, payload, mut wire) in cases {
        let header = EncodedHeader::with_first_byte(first, payload.len() as u64, key).unwrap();
        assert!(wire.starts_with(header.as_bytes()));
        let role = if key.is_some() { Role::Server } else { Role::Client };
        let size = wire.len();
        let frame = read(&mut wire, role, 0, 65536).unwrap();
        assert_eq!((frame.first_byte, frame.size), (first, size));
        assert_eq!(&*frame.payload, payload);
    }
}

#[test]
fn a21_masking_in_pieces_is_masking_at_once() {
    let payload: Vec<u8> = (0..300).map(|at| (at * 7) as u8).collect();
    let want: Vec<u8> =
        payload.iter().zip(KEY.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
    for cut in 0..=payload.len() {
        let mut got = payload.clone();
        let (front, back) = got.split_at_mut(cut);
        mask::apply(front, KEY);
        mask::apply(back, mask::rotate(KEY, cut));
        assert_eq!(got, want, "cut at {cut}");
    }
}
