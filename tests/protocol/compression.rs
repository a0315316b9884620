//! permessage-deflate (RFC 7692) on a connection: what is agreed on, deflated messages received at
//! every split and sent byte for byte, limits, damage, and whole conversations.

use oxws::protocol::connection::Choice;
use oxws::protocol::deflate::Options;
use oxws::protocol::deflate::deflater::Deflater;
use oxws::protocol::deflate::terms::{Direction, Terms, Wishes};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::opcode::{MessageType, Role};
use oxws::protocol::settings::{Limits, Settings};
use proptest::prelude::*;

use crate::harness::{ANSWER, Driver, ROLES, Seen, settings};
use crate::rows::{binary, failed, frame, frames, peer_of, ping, text, told};

/// Deflated "Hello", and what stands for it once it has been sent before (section 7.2.3).
const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";
const AGAIN: &[u8] = b"\xf2\x00\x11\x00\x00";

/// The header of the first frame of a deflated message.
const TEXT: u8 = 0xc1;
const BINARY: u8 = 0xc2;

const LASTING: Direction = Direction { takes_over: true, window_bits: 15 };

fn options(takes_over: bool) -> Options {
    let direction = Direction { takes_over, ..Direction::NO_TAKEOVER };
    Options { wishes: Wishes { own: direction, peer: direction }, ..Options::default() }
}

fn with(role: Role, options: Options, tweak: impl Fn(&mut Limits)) -> Settings {
    Settings { compression: Some(options), ..settings(role, tweak) }
}

/// What the peer says so that both have `takes_over` as in [`options`].
fn said(takes_over: bool) -> &'static str {
    match takes_over {
        true => "permessage-deflate",
        false => "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    }
}

/// An open connection on which compression was agreed on.
fn open(role: Role, takes_over: bool, tweak: impl Fn(&mut Limits)) -> Driver {
    let settings = with(role, options(takes_over), tweak);
    Driver::open_compressed(role, settings, said(takes_over))
}

fn open_for_chunks(role: Role, takes_over: bool, tweak: impl Fn(&mut Limits)) -> Driver {
    let settings = with(role, options(takes_over), tweak);
    let settings = Settings { reports_chunks: true, ..settings };
    Driver::open_compressed(role, settings, said(takes_over))
}

#[test]
fn b07_what_was_agreed_on_stands_in_the_answer() {
    let settings = with(Role::Server, options(true), |_| ());
    let mut server = Driver::begin_with(Role::Server, settings);
    let request = b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Extensions: x, permessage-deflate; server_max_window_bits=10\r\n\r\n";
    server.feed(request);
    server.accept();
    let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
        Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\n\r\n";
    assert_eq!(String::from_utf8_lossy(&server.sent), answer);
    let terms = Terms { server: Direction { window_bits: 10, ..LASTING }, client: LASTING };
    assert_eq!(server.connection.compression(), Some(terms));
}

#[test]
fn b07_a_client_offers_and_knows_what_came_of_it() {
    let mut client = Driver::begin_with(Role::Client, with(Role::Client, options(true), |_| ()));
    client.drain();
    let sent = String::from_utf8_lossy(&client.sent).into_owned();
    let field = "\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    assert!(sent.contains(field), "{sent}");
    let client = open(Role::Client, true, |_| ());
    assert_eq!(client.connection.compression(), Some(Terms { server: LASTING, client: LASTING }));
    // A server that declines says nothing.
    let mut plain = Driver::begin_with(Role::Client, with(Role::Client, options(true), |_| ()));
    plain.drain();
    plain.feed(ANSWER);
    assert!(plain.connection.is_open());
    assert_eq!(plain.connection.compression(), None);
}

#[test]
fn b03_a_client_fails_on_what_it_did_not_offer() {
    let cases: [(bool, &str); 6] = [
        (false, "permessage-deflate"),
        (false, "x"),
        (true, "x"),
        (true, "permessage-deflate, permessage-deflate"),
        (true, "permessage-deflate; server_max_window_bits=16"),
        (true, "permessage-deflate; unknown"),
    ];
    for (compresses, extensions) in cases {
        let mut settings = settings(Role::Client, |_| ());
        settings.compression = compresses.then(|| options(true));
        let mut client = Driver::begin_with(Role::Client, settings);
        client.drain();
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
             Sec-WebSocket-Extensions: {extensions}\r\n\r\n"
        );
        client.feed(answer.as_bytes());
        assert_eq!(client.end().error, Some(ErrorCode::HandshakeExtension), "{extensions}");
    }
}

/// Feeds `received` whole, in two pieces cut at every place, and byte by byte, to connections that
/// put messages together and to such that report chunks.
fn check(
    role: Role,
    takes_over: bool,
    tweak: fn(&mut Limits),
    received: &[u8],
    seen: &[Seen],
    sent: &[u8],
) {
    let cuts = (0..received.len()).map(|cut| vec![&received[..cut], &received[cut..]]);
    let bytes = std::iter::once(received.chunks(1).collect());
    for pieces in cuts.chain(bytes) {
        for mut driver in [open(role, takes_over, tweak), open_for_chunks(role, takes_over, tweak)]
        {
            pieces.iter().for_each(|piece| driver.feed(piece));
            assert_eq!(driver.seen, seen, "{role:?}: {received:02x?} as {} pieces", pieces.len());
            assert_eq!(driver.sent, sent, "{role:?}: {received:02x?}");
        }
    }
}

#[test]
fn b09_deflated_and_plain_messages_are_received() {
    type Row<'a> = (&'a [(u8, &'a [u8])], Vec<Seen>, &'a [(u8, &'a [u8])]);
    let hello = || text("Hello");
    let rows: [Row<'_>; 9] = [
        (&[(TEXT, HELLO)], vec![hello()], &[]),
        (&[(BINARY, HELLO)], vec![binary(b"Hello")], &[]),
        (&[(0x41, &HELLO[..3]), (0x80, &HELLO[3..])], vec![hello()], &[]),
        (&[(0x41, b""), (0x00, HELLO), (0x80, b"")], vec![hello()], &[]),
        (&[(TEXT, b"\x00")], vec![text("")], &[]),
        (&[(TEXT, b"")], vec![text("")], &[]),
        (&[(TEXT, b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00")], vec![hello()], &[]),
        (
            &[(0x81, b"plain"), (TEXT, HELLO), (0x02, b"pl"), (0x80, b"ain"), (TEXT, HELLO)],
            vec![text("plain"), hello(), binary(b"plain"), hello()],
            &[],
        ),
        (
            &[(0x42, &HELLO[..2]), (0x89, b"p"), (0x80, &HELLO[2..])],
            vec![ping(b"p"), binary(b"Hello")],
            &[(0x8a, b"p")],
        ),
    ];
    for role in ROLES {
        for (received, seen, sent) in &rows {
            let received = frames(peer_of(role), received);
            check(role, false, |_| (), &received, seen, &frames(role, sent));
        }
    }
}

#[test]
fn b07_a_context_is_taken_over_only_if_that_was_agreed_on() {
    for role in ROLES {
        let received = frames(peer_of(role), &[(TEXT, HELLO), (0x81, b"x"), (TEXT, AGAIN)]);
        let seen = [text("Hello"), text("x"), text("Hello")];
        check(role, true, |_| (), &received, &seen, b"");
        let error = ErrorCode::CompressedData;
        let seen = [text("Hello"), text("x"), failed(error)];
        check(role, false, |_| (), &received, &seen, &told(role, error));
    }
}

#[test]
fn a09_reserved_bits_have_their_place() {
    let rows: [&[(u8, &[u8])]; 8] = [
        &[(0x41, HELLO), (0xc0, b"")],
        &[(0x01, b"a"), (0xc0, b"")],
        &[(0xc9, b"")],
        &[(0xca, b"")],
        &[(0xc8, b"")],
        &[(0xa1, b"")],
        &[(0x91, b"")],
        &[(0xe1, HELLO)],
    ];
    let error = ErrorCode::ReservedBits;
    for role in ROLES {
        for row in rows {
            let received = frames(peer_of(role), row);
            let mut driver = open(role, false, |_| ());
            driver.feed(&received);
            assert_eq!(driver.seen, [failed(error)], "{row:02x?}");
            assert_eq!(driver.sent, told(role, error), "{row:02x?}");
        }
        let mut without = Driver::open(role, |_| ());
        without.feed(&frame(peer_of(role), TEXT, HELLO));
        assert_eq!(without.seen, [failed(error)]);
    }
}

#[test]
fn b05_damaged_messages_end_the_connection() {
    let rows: [(u8, &[u8], ErrorCode); 5] = [
        (TEXT, b"\xff", ErrorCode::CompressedData),
        (BINARY, b"\x01\x05\x00\x00\x00Hello", ErrorCode::CompressedData),
        (BINARY, AGAIN, ErrorCode::CompressedData),
        // A stored block with a byte that no text has.
        (TEXT, b"\x00\x01\x00\xfe\xff\xff\x00", ErrorCode::TextUtf8),
        // One that ends inside a character.
        (TEXT, b"\x00\x01\x00\xfe\xff\xc3\x00", ErrorCode::TextUtf8),
    ];
    for role in ROLES {
        for (first, payload, error) in rows {
            let received = frame(peer_of(role), first, payload);
            check(role, false, |_| (), &received, &[failed(error)], &told(role, error));
        }
    }
}

/// Zeros, deflated.
fn zeros(count: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut deflater = Deflater::new(15, 9);
    deflater.deflate(&vec![0; count], true, &mut out).unwrap();
    out
}

#[test]
fn b01_each_limit_counts_what_it_says() {
    type Tweak = fn(&mut Limits);
    type Row<'a> = (&'a str, Tweak, usize, usize, ErrorCode);
    let rows: [Row<'_>; 2] = [
        (
            "message",
            |limits| limits.max_message_bytes = 100_000,
            100_000,
            1,
            ErrorCode::MessageTooBig,
        ),
        (
            "frame, inflated",
            |limits| limits.max_inflated_frame_bytes = 50_000,
            50_000,
            1,
            ErrorCode::FrameTooBig,
        ),
    ];
    for role in ROLES {
        for (name, tweak, fits, more, error) in rows {
            for mut driver in [open(role, false, tweak), open_for_chunks(role, false, tweak)] {
                driver.feed(&frame(peer_of(role), BINARY, &zeros(fits)));
                assert_eq!(driver.seen, [binary(&vec![0; fits])], "{name}");
                driver.forget();
                driver.feed(&frame(peer_of(role), BINARY, &zeros(fits + more)));
                let end = driver.seen.last().cloned();
                assert_eq!(end, Some(failed(error)), "{name}");
            }
        }
        // What is on the wire, by the declared length alone.
        let tweaks: [(Tweak, ErrorCode); 2] = [
            (|limits| limits.max_frame_bytes = 6, ErrorCode::FrameTooBig),
            (|limits| limits.max_wire_message_bytes = 6, ErrorCode::MessageTooBig),
        ];
        for (tweak, error) in tweaks {
            let mut driver = open(role, false, tweak);
            let header = frame(peer_of(role), TEXT, HELLO);
            driver.feed(&header[..2]);
            assert_eq!(driver.seen, [failed(error)]);
        }
        let tweak: Tweak = |limits| limits.max_wire_message_bytes = 6;
        let mut driver = open(role, false, tweak);
        driver.feed(&frames(peer_of(role), &[(0x41, &HELLO[..3]), (0x80, &HELLO[3..])]));
        assert_eq!(driver.seen, [failed(ErrorCode::MessageTooBig)]);
    }
}

#[test]
fn b01_a_ratio_can_be_the_limit() {
    let options = Options { max_ratio: 20, ..options(false) };
    // What is short may come from anything.
    let (short, long) = (zeros(65_536), zeros(65_537));
    // A run, and as much after it as the ratio asks for: all of the frame counts, however it is cut.
    let mut run = Vec::new();
    let mut deflater = Deflater::new(15, 9);
    deflater.deflate(&vec![0; 65_537], false, &mut run).unwrap();
    let stored = |bytes: u16| {
        let length = bytes.to_le_bytes();
        let header = [0, length[0], length[1], !length[0], !length[1]];
        [&header[..], &vec![7; usize::from(bytes)], b"\x00"].concat()
    };
    let message = |bytes: u16| [vec![0; 65_537], vec![7; usize::from(bytes)]].concat();
    let (fits, fails) = ([&run[..], &stored(3500)].concat(), [&run[..], &stored(3000)].concat());
    let error = failed(ErrorCode::MessageTooBig);
    let rows = [
        (short, binary(&[0; 65_536])),
        (long, error.clone()),
        (fits, binary(&message(3500))),
        (fails, error),
    ];
    for role in ROLES {
        for (payload, want) in &rows {
            let received = frame(peer_of(role), BINARY, payload);
            for cut in [1, 40, received.len()] {
                let mut driver =
                    Driver::open_compressed(role, with(role, options, |_| ()), said(false));
                received.chunks(cut).for_each(|piece| driver.feed(piece));
                assert!(driver.seen == [want.clone()], "{} bytes by {cut}", payload.len());
            }
        }
    }
}

#[test]
fn b01_what_compression_makes_larger_has_the_room_for_it() {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    let noise: Vec<u8> = (0..1 << 20).map(|_| next()).collect();
    for takes_over in [true, false] {
        for level in [1, 6] {
            let mut client = Driver::open_compressed(
                Role::Client,
                with(Role::Client, Options { level, ..options(takes_over) }, |_| ()),
                said(takes_over),
            );
            let mut server = open(Role::Server, takes_over, |_| ());
            send(&mut client, MessageType::Binary, &noise, Choice::Force);
            server.feed(&client.sent);
            assert!(server.seen == [binary(&noise)], "level {level}, {:?}", server.seen.len());
        }
    }
}

fn send(driver: &mut Driver, kind: MessageType, payload: &[u8], choice: Choice) {
    driver.connection.check_send(kind, payload).unwrap();
    driver.with(|connection, cx| connection.send_as(kind, payload, choice, cx)).unwrap();
    driver.drain();
}

#[test]
fn b07_messages_are_sent_deflated_byte_for_byte() {
    use MessageType::{Binary, Text};
    for role in ROLES {
        let mut lasting = open(role, true, |_| ());
        send(&mut lasting, Text, b"Hello", Choice::Force);
        send(&mut lasting, Text, b"Hello", Choice::Force);
        assert_eq!(lasting.sent, frames(role, &[(TEXT, HELLO), (TEXT, AGAIN)]), "{role:?}");

        let mut forgetful = open(role, false, |_| ());
        send(&mut forgetful, Binary, &[b'a'; 64], Choice::BySize);
        send(&mut forgetful, Binary, &[b'a'; 63], Choice::BySize);
        send(&mut forgetful, Binary, &[b'a'; 200], Choice::Skip);
        send(&mut forgetful, Text, b"", Choice::Force);
        // It would become larger.
        send(&mut forgetful, Text, b"Hello", Choice::Force);
        let want: [(u8, &[u8]); 5] = [
            (BINARY, b"\x4a\x4c\xa4\x0c\x00\x00"),
            (0x82, &[b'a'; 63]),
            (0x82, &[b'a'; 200]),
            (0x81, b""),
            (0x81, b"Hello"),
        ];
        assert_eq!(forgetful.sent, frames(role, &want), "{role:?}");
    }
}

#[test]
fn b10_a_secret_beside_what_others_choose_can_be_kept_from_compression() {
    let secret = [b's'; 200];
    for role in ROLES {
        // Nothing was agreed on, as by default: nobody can force it.
        let mut plain = Driver::open(role, |_| ());
        send(&mut plain, MessageType::Text, &secret, Choice::Force);
        assert_eq!(plain.sent, frames(role, &[(0x81, &secret)]), "{role:?}");
        // Agreed on with a context that lasts: the message that is skipped leaves no trace in it.
        let mut lasting = open(role, true, |_| ());
        send(&mut lasting, MessageType::Text, b"Hello", Choice::Force);
        send(&mut lasting, MessageType::Text, &secret, Choice::Skip);
        send(&mut lasting, MessageType::Text, b"Hello", Choice::Force);
        let want: [(u8, &[u8]); 3] = [(TEXT, HELLO), (0x81, &secret), (TEXT, AGAIN)];
        assert_eq!(lasting.sent, frames(role, &want), "{role:?}");
    }
}

#[test]
fn b07_pieces_and_parts_are_deflated_as_one_message() {
    for role in ROLES {
        let mut driver = open(role, true, |_| ());
        driver.connection.begin_message(MessageType::Text, Choice::BySize).unwrap();
        for (piece, fin) in [(&b"Hel"[..], false), (b"", false), (b"lo", false), (b"", true)] {
            driver.with(|connection, cx| connection.send_piece(piece, fin, cx)).unwrap();
        }
        driver.drain();
        let parts: [&[u8]; 3] = [b"Hel", b"", b"lo"];
        driver
            .with(|connection, cx| {
                connection.send_parts(MessageType::Text, &parts, Choice::Force, cx)
            })
            .unwrap();
        driver.drain();
        // What it means is read by a connection of the other side.
        let mut peer = open(peer_of(role), true, |_| ());
        peer.feed(&driver.sent);
        assert_eq!(peer.seen, [text("Hello"), text("Hello")], "{role:?}");
        assert_eq!(driver.sent[0], 0x41);

        // Neither what is not to be compressed, nor anything where nothing is large enough.
        let never = Options { threshold_bytes: u64::MAX, ..options(true) };
        let never = Driver::open_compressed(role, with(role, never, |_| ()), said(true));
        let plainly = [(open(role, true, |_| ()), Choice::Skip), (never, Choice::BySize)];
        for (mut plain, choice) in plainly {
            plain.connection.begin_message(MessageType::Text, choice).unwrap();
            plain.with(|connection, cx| connection.send_piece(b"Hello", true, cx)).unwrap();
            plain.drain();
            assert_eq!(plain.sent, frame(role, 0x81, b"Hello"), "{role:?}, {choice:?}");
        }
    }
}

/// What both wish, what is said, and how it is cut.
fn conversations() -> impl Strategy<Value = (Wishes, Wishes, Vec<(bool, Vec<u8>)>, usize)> {
    let direction = || {
        (any::<bool>(), 8..=15_u8)
            .prop_map(|(takes_over, window_bits)| Direction { takes_over, window_bits })
    };
    let wishes = move || (direction(), direction()).prop_map(|(own, peer)| Wishes { own, peer });
    let message = prop_oneof![
        prop::collection::vec(prop::sample::select(b"ab ".to_vec()), 0..3000),
        prop::collection::vec(any::<u8>(), 0..500),
    ];
    (wishes(), wishes(), prop::collection::vec((any::<bool>(), message), 1..8), 1..2000_usize)
}

proptest! {
    #[test]
    fn b07_any_conversation_under_any_terms((of_client, of_server, said, cut) in conversations()) {
        let with_wishes = |role, wishes| with(role, Options { wishes, ..Options::default() }, |_| ());
        let mut client = Driver::begin_with(Role::Client, with_wishes(Role::Client, of_client));
        let mut server = Driver::begin_with(Role::Server, with_wishes(Role::Server, of_server));
        client.drain();
        server.feed(&client.sent);
        server.accept();
        client.feed(&server.sent);
        prop_assert_eq!(client.connection.compression(), server.connection.compression());
        prop_assert!(client.connection.compression().is_some());
        client.forget();
        server.forget();
        for (by_client, message) in &said {
            let (from, to) = match by_client {
                true => (&mut client, &mut server),
                false => (&mut server, &mut client),
            };
            send(from, MessageType::Binary, message, Choice::BySize);
            from.sent.chunks(cut).for_each(|piece| to.feed(piece));
            prop_assert_eq!(&to.seen, &[binary(message)]);
            from.forget();
            to.forget();
        }
    }
}
