//! Section 5.2, base framing: what a header may say, and how payloads cross whole.

use oxws::protocol::connection::Choice;
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::Initiator;
use oxws::protocol::opcode::{MessageType, Role};
use oxws::protocol::settings::Limits;

use crate::harness::{Driver, KEY, ROLES, Seen};
use crate::rows::{Case, binary, closed, failed, frame, peer_of, ping, pong, text, told};

#[test]
fn the_examples_of_section_5_7_are_read() {
    let to_client = |name: &str, received: &[u8], events: Vec<Seen>| {
        Case::new(name, Role::Client, received.to_vec(), events, vec![]).check();
    };
    to_client("text", b"\x81\x05\x48\x65\x6c\x6c\x6f", vec![text("Hello")]);
    to_client("fragments", b"\x01\x03\x48\x65\x6c\x80\x02\x6c\x6f", vec![text("Hello")]);
    let bytes = [0xa5; 256];
    to_client("256 bytes", &[b"\x82\x7e\x01\x00", &bytes[..]].concat(), vec![binary(&bytes)]);
    let bytes = vec![0x5a; 65_536];
    let header = b"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00";
    to_client("64 KiB", &[header, &bytes[..]].concat(), vec![binary(&bytes)]);

    let masked = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58".to_vec();
    Case::new("masked text", Role::Server, masked, vec![text("Hello")], vec![]).check();
    let masked = b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58".to_vec();
    Case::new("masked pong", Role::Server, masked, vec![pong(b"Hello")], vec![]).check();

    let received = b"\x89\x05\x48\x65\x6c\x6c\x6f".to_vec();
    let sent = b"\x8a\x85\x01\x02\x03\x04\x49\x67\x6f\x68\x6e".to_vec();
    Case::new("ping", Role::Client, received, vec![ping(b"Hello")], sent).check();
}

#[test]
fn a01_the_top_bit_of_a_length_fails_at_its_byte() {
    for role in ROLES {
        let mask = if role == Role::Server { 0x80 } else { 0 };
        for opcode in [0x81, 0x82, 0x01, 0x02] {
            for top in [0x80, 0x81, 0xc0, 0xff] {
                let received = vec![opcode, mask | 127, top];
                Case::failing("top bit", role, received, ErrorCode::LengthTopBit).check();
            }
        }
    }
}

#[test]
fn a02_lengths_beyond_every_limit_fail_without_overflow() {
    let lengths: [&[u8; 8]; 7] = [
        &[0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff],
        &[0, 0, 0, 0, 0x80, 0, 0, 1],
        &[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
        &[0, 0, 0, 1, 0, 0, 0, 0],
        &[0, 0, 0, 1, 0, 0, 0, 1],
        &[0x40, 0, 0, 0, 0, 0, 0, 0],
        &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ];
    for role in ROLES {
        let mask = if role == Role::Server { 0x80 } else { 0 };
        for length in lengths {
            let received = [&[0x82, mask | 127][..], length].concat();
            let name = format!("length {length:x?}");
            let case = |error| Case::failing(&name, role, received.clone(), error);
            case(ErrorCode::FrameTooBig).check();
            case(ErrorCode::MessageTooBig).with(|to| to.max_frame_bytes = u64::MAX).check();
        }
    }
}

#[test]
fn a02_the_sum_of_fragments_does_not_overflow() {
    for role in ROLES {
        let mask = if role == Role::Server { 0x80 } else { 0 };
        let mut received = frame(peer_of(role), 0x02, b"some");
        received.extend([0x80, mask | 127, 0x7f, 255, 255, 255, 255, 255, 255, 255]);
        let case = Case::failing("sum", role, received, ErrorCode::MessageTooBig);
        let widest = |to: &mut Limits| {
            to.max_frame_bytes = u64::MAX;
            to.max_message_bytes = (1 << 63) - 1;
        };
        case.with(widest).check();
    }
}

#[test]
fn a08_a_reserved_opcode_fails_at_its_first_byte() {
    for role in ROLES {
        for opcode in [0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf] {
            for fin in [0x00, 0x80] {
                let received = vec![fin | opcode];
                Case::failing("alone", role, received, ErrorCode::ReservedOpcode).check();
                let received = vec![fin | opcode, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5];
                Case::failing("2^62 bytes", role, received, ErrorCode::ReservedOpcode).check();
            }
        }
    }
}

/// All that the first byte of a frame can be: FIN, three reserved bits and the opcode.
#[test]
fn a09_every_reserved_bit_with_every_opcode() {
    for role in ROLES {
        for first in 0..=255u8 {
            let received = frame(peer_of(role), first, b"");
            let error = match first {
                _ if first & 0x70 != 0 => Some(ErrorCode::ReservedBits),
                0x83..=0x87 | 0x8b..=0x8f | 0x03..=0x07 | 0x0b..=0x0f => {
                    Some(ErrorCode::ReservedOpcode)
                }
                0x08..=0x0a => Some(ErrorCode::ControlFragmented),
                0x00 | 0x80 => Some(ErrorCode::UnexpectedContinuation),
                _ => None,
            };
            let name = format!("first byte {first:#04x}");
            if let Some(error) = error {
                Case::failing(&name, role, received, error).check();
                continue;
            }
            let by_peer = closed(Initiator::Remote, (1005, ""), (1005, ""));
            let (events, sent) = match first {
                0x01 | 0x02 => (vec![], vec![]),
                0x81 => (vec![text("")], vec![]),
                0x82 => (vec![binary(b"")], vec![]),
                0x88 => (vec![by_peer], frame(role, 0x88, b"")),
                0x89 => (vec![ping(b"")], frame(role, 0x8a, b"")),
                0x8a => (vec![pong(b"")], vec![]),
                _ => unreachable!("{first:#04x}"),
            };
            Case::new(&name, role, received, events, sent).check();
        }
    }
}

#[test]
fn a09_reserved_bits_on_a_continuation_fail_too() {
    for role in ROLES {
        for bits in 1..=7u8 {
            let mut received = frame(peer_of(role), 0x01, b"a");
            received.extend(frame(peer_of(role), 0x80 | bits << 4, b"b"));
            Case::failing("continuation", role, received, ErrorCode::ReservedBits).check();
        }
    }
}

#[test]
fn a12_the_mask_bit_must_fit_the_side_that_sent() {
    for first in [0x81, 0x82, 0x01, 0x88, 0x89, 0x8a] {
        for payload in [&b""[..], b"x", b"some text"] {
            let received = frame(Role::Server, first, payload);
            Case::failing("unmasked", Role::Server, received, ErrorCode::MaskMissing).check();
            let received = frame(Role::Client, first, payload);
            Case::failing("masked", Role::Client, received, ErrorCode::MaskUnexpected).check();
        }
    }
    let received = vec![0x81, 0x00];
    let sent = b"\x88\x25\x03\xeaa frame from a client is not masked".to_vec();
    let events = vec![failed(ErrorCode::MaskMissing)];
    Case::new("byte for byte", Role::Server, received, events, sent).check();
}

#[test]
fn a13_a_length_that_is_not_in_its_shortest_form_fails() {
    let lengths: [&[u8]; 9] = [
        &[126, 0, 0],
        &[126, 0, 1],
        &[126, 0, 125],
        &[127, 0, 0, 0, 0, 0, 0, 0, 0],
        &[127, 0, 0, 0, 0, 0, 0, 0, 1],
        &[127, 0, 0, 0, 0, 0, 0, 0, 125],
        &[127, 0, 0, 0, 0, 0, 0, 0, 126],
        &[127, 0, 0, 0, 0, 0, 0, 1, 0],
        &[127, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
    ];
    for role in ROLES {
        let mask = if role == Role::Server { 0x80 } else { 0 };
        for length in lengths {
            for first in [0x81, 0x82, 0x01, 0x02] {
                let received = [&[first, mask | length[0]], &length[1..]].concat();
                let name = format!("{length:x?}");
                Case::failing(&name, role, received, ErrorCode::LengthNotMinimal).check();
            }
        }
    }
}

/// Payloads at the borders of the three forms of a length.
const SIZES: [usize; 8] = [0, 1, 2, 125, 126, 127, 65_535, 65_536];

fn header_of(size: usize) -> &'static [u8] {
    match size {
        0 => &[0],
        1 => &[1],
        2 => &[2],
        125 => &[125],
        126 => &[126, 0, 126],
        127 => &[126, 0, 127],
        65_535 => &[126, 255, 255],
        65_536 => &[127, 0, 0, 0, 0, 0, 1, 0, 0],
        _ => unreachable!(),
    }
}

fn on_the_wire(by: Role, first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = [&[first], header_of(payload.len())].concat();
    match by {
        Role::Server => bytes.extend_from_slice(payload),
        Role::Client => {
            bytes[1] |= 0x80;
            bytes.extend([1, 2, 3, 4]);
            bytes.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ KEY[at % 4]));
        }
    }
    bytes
}

#[test]
fn a20_every_size_is_received_as_text_and_as_binary() {
    for role in ROLES {
        for size in SIZES {
            let name = format!("{size} bytes");
            let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            let received = on_the_wire(peer_of(role), 0x82, &bytes);
            Case::new(&name, role, received, vec![binary(&bytes)], vec![]).check();
            let letters = "abcdefg".repeat(size / 7 + 1)[..size].to_string();
            let received = on_the_wire(peer_of(role), 0x81, letters.as_bytes());
            Case::new(&name, role, received, vec![Seen::Text(letters)], vec![]).check();
        }
    }
}

#[test]
fn a20_every_size_is_sent_as_text_and_as_binary() {
    for role in ROLES {
        for size in SIZES {
            let bytes: Vec<u8> = (0..size).map(|at| (at % 127) as u8).collect();
            for (kind, first) in [(MessageType::Text, 0x81), (MessageType::Binary, 0x82)] {
                let mut driver = Driver::open(role, |_| ());
                driver.with(|connection, cx| {
                    connection.check_send(kind, &bytes).unwrap();
                    connection.send(kind, &bytes, cx).unwrap();
                });
                driver.drain();
                assert!(driver.sent == on_the_wire(role, first, &bytes), "{role:?} {size}");
            }
        }
    }
}

#[test]
fn a20_the_header_in_place_is_that_of_the_frame_and_only_a_server_has_one() {
    for size in SIZES {
        for (kind, first) in [(MessageType::Text, 0x81), (MessageType::Binary, 0x82)] {
            let mut server = Driver::open(Role::Server, |_| ());
            let header = server
                .with(|connection, cx| connection.header_in_place(kind, size, Choice::BySize, cx));
            let want = [&[first], header_of(size)].concat();
            assert_eq!(header.unwrap().as_bytes(), want);
            assert!(server.output.is_empty());
            let mut client = Driver::open(Role::Client, |_| ());
            let header = client
                .with(|connection, cx| connection.header_in_place(kind, size, Choice::BySize, cx));
            assert!(header.is_none());
        }
    }
}

#[test]
fn a17_nothing_but_the_frames_asked_for_is_sent() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        driver.with(|connection, cx| {
            connection.send(MessageType::Binary, &[0xee; 3000], cx).unwrap();
        });
        driver.drain();
        driver.forget();
        driver.with(|connection, cx| {
            connection.ping(b"", cx).unwrap();
            connection.ping(b"p", cx).unwrap();
            connection.send(MessageType::Text, b"", cx).unwrap();
            connection.send(MessageType::Text, b"t", cx).unwrap();
        });
        driver.drain();
        let want: &[u8] = match role {
            Role::Server => b"\x89\x00\x89\x01p\x81\x00\x81\x01t",
            Role::Client => {
                b"\x89\x80\x01\x02\x03\x04\x89\x81\x01\x02\x03\x04\x71\
                  \x81\x80\x01\x02\x03\x04\x81\x81\x01\x02\x03\x04\x75"
            }
        };
        assert_eq!(driver.sent, want, "{role:?}");
    }
}

/// The key turns with the bytes: pieces of every length, through the receive buffer or straight
/// into the message, end up as the same payload.
#[test]
fn a21_a_payload_is_unmasked_whatever_its_pieces_are() {
    let payload: Vec<u8> = (0..150_001u32).map(|at| (at * 7 % 256) as u8).collect();
    for role in ROLES {
        let received = frame(peer_of(role), 0x82, &payload);
        for uses_direct in [false, true] {
            for step in [997, 4096, 16_383, 65_537, 100_000] {
                let mut driver = Driver::open(role, |_| ());
                driver.uses_direct = uses_direct;
                received.chunks(step).for_each(|piece| driver.feed(piece));
                assert!(driver.seen == [Seen::Binary(payload.clone())], "{role:?} {step}");
                assert_eq!(driver.sent, b"");
            }
        }
    }
}

#[test]
fn the_first_broken_rule_is_the_one_that_is_told() {
    for role in ROLES {
        let mut received = frame(peer_of(role), 0x81, b"fine");
        received.push(0x83);
        received.extend(frame(peer_of(role), 0xff, b"never read"));
        let events = vec![text("fine"), failed(ErrorCode::ReservedOpcode)];
        let sent = told(role, ErrorCode::ReservedOpcode);
        Case::new("first", role, received, events, sent).check();
    }
}
