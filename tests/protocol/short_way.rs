//! The short way for messages that lie whole in what was received: it takes them as the long way
//! does, or leaves everything as it was.

use oxws::protocol::opcode::{MessageType, Role};

use crate::harness::Driver;
use crate::rows::{frame, peer_of};

const TEXT: MessageType = MessageType::Text;
const BINARY: MessageType = MessageType::Binary;

/// What is received, and the message that lies at its front, with the bytes of its frame.
type Row<'a> = (&'a str, Role, Vec<u8>, Option<(MessageType, &'a [u8], usize)>);

fn rows<'a>(long: &'a [u8]) -> Vec<Row<'a>> {
    let (server, client) = (Role::Server, Role::Client);
    let masked = |head: &[u8], payload: &[u8]| [head, &[0; 4], payload].concat();
    vec![
        // The example of section 5.7.
        (
            "text",
            server,
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58".to_vec(),
            Some((TEXT, b"Hello", 11)),
        ),
        (
            "binary",
            server,
            b"\x82\x82\x01\x02\x03\x04\x01\x02".to_vec(),
            Some((BINARY, &[0, 0], 8)),
        ),
        ("empty", server, b"\x82\x80\x01\x02\x03\x04".to_vec(), Some((BINARY, b"", 6))),
        ("more behind", server, b"\x82\x80\x01\x02\x03\x04\xff".to_vec(), Some((BINARY, b"", 6))),
        ("UTF-8", server, masked(b"\x81\x82", b"\xc3\xa9"), Some((TEXT, "é".as_bytes(), 8))),
        ("125", server, masked(b"\x82\xfd", &long[..125]), Some((BINARY, &long[..125], 131))),
        (
            "126",
            server,
            masked(b"\x82\xfe\x00\x7e", &long[..126]),
            Some((BINARY, &long[..126], 134)),
        ),
        ("64 KiB - 1", server, masked(b"\x82\xfe\xff\xff", long), Some((BINARY, long, 65_543))),
        ("to a client", client, b"\x81\x02hi".to_vec(), Some((TEXT, b"hi", 4))),
        (
            "126 to a client",
            client,
            [b"\x82\x7e\x00\x7e", &long[..126]].concat(),
            Some((BINARY, &long[..126], 130)),
        ),
        ("not masked", server, b"\x82\x02abcdefgh".to_vec(), None),
        ("masked to a client", client, masked(b"\x82\x82", b"ab"), None),
        ("not UTF-8", server, masked(b"\x81\x81", b"\xc3"), None),
        ("not UTF-8 to a client", client, b"\x81\x01\xc3".to_vec(), None),
        ("first fragment", server, masked(b"\x02\x81", b"a"), None),
        ("continuation", server, masked(b"\x80\x81", b"a"), None),
        ("reserved bit", server, masked(b"\xc2\x81", b"a"), None),
        ("ping", server, masked(b"\x89\x81", b"a"), None),
        ("Close", server, masked(b"\x88\x80", b""), None),
        ("length that could be shorter", server, masked(b"\x82\xfe\x00\x7d", &long[..125]), None),
    ]
}

#[test]
fn a_message_that_lies_whole_is_taken_and_all_else_is_left() {
    let long: Vec<u8> = (0..65_535_u32).map(|at| (at % 251) as u8).collect();
    for (name, role, received, want) in rows(&long) {
        let mut driver = Driver::open(role, |_| ());
        assert!(driver.connection.is_calm(), "{name}");
        let mut calm = received.clone();
        let got = driver.connection.receive_calmly(&mut calm);
        let got = got.map(|whole| (whole.kind, whole.payload, whole.consumed));
        assert!(got == want, "{name}");
        let mut other = Driver::open(role, |_| ());
        let (now, mut whole) = (other.now, received.clone());
        let got = other.connection.receive_whole(&mut whole, now);
        let got = got.map(|whole| (whole.kind, whole.payload, whole.consumed));
        assert!(got == want, "{name}, without calm");
        if want.is_none() {
            assert_eq!(calm, received, "{name}");
            assert_eq!(whole, received, "{name}, without calm");
        }
    }
}

#[test]
fn a_part_of_a_frame_is_left_as_it_is() {
    let long = vec![b'a'; 65_535];
    for (name, role, received, want) in rows(&long) {
        let whole = want.map_or(0, |(_, _, size)| size);
        for end in (0..whole).filter(|end| *end < 300 || end + 3 > whole) {
            let mut driver = Driver::open(role, |_| ());
            let mut part = received[..end].to_vec();
            assert!(driver.connection.receive_calmly(&mut part).is_none(), "{name} to {end}");
            assert_eq!(part, received[..end], "{name} to {end}");
        }
    }
}

#[test]
fn a_connection_is_calm_between_messages_and_where_all_short_ones_are_taken() {
    for role in [Role::Server, Role::Client] {
        let mut driver = Driver::open(role, |_| ());
        assert!(driver.connection.is_calm());
        driver.receive(&frame(peer_of(role), 0x01, b"a"));
        assert!(!driver.connection.is_calm(), "a message is under way");
        driver.receive(&frame(peer_of(role), 0x80, b"b"));
        assert!(driver.connection.is_calm());
        driver.receive(&frame(peer_of(role), 0x88, b""));
        assert!(!driver.connection.is_calm(), "the peer has closed");
        for (bytes, is_calm) in [(124, false), (125, true)] {
            let driver = Driver::open(role, |limits| limits.max_message_bytes = bytes);
            assert_eq!(driver.connection.is_calm(), is_calm, "messages of {bytes}");
            let driver = Driver::open(role, |limits| limits.max_frame_bytes = bytes);
            assert_eq!(driver.connection.is_calm(), is_calm, "frames of {bytes}");
        }
    }
}
