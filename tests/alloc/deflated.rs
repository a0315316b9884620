//! What happens to compression where there is no memory: both sides stay in step.

use oxws::protocol::connection::{Choice, Connection};
use oxws::protocol::deflate::Options;
use oxws::protocol::deflate::terms::{Direction, Wishes};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::opcode::{MessageType, Role};
use oxws::protocol::settings::Settings;

use crate::allocator::counted;
use crate::harness::{Driver, ROLES, settings};
use crate::rows::{binary, peer_of};

/// An open connection whose messages refer to those before them, or do not.
fn open(role: Role, takes_over: bool) -> Driver {
    let direction = Direction { takes_over, ..Direction::NO_TAKEOVER };
    let wishes = Wishes { own: direction, peer: direction };
    let options = Options { wishes, ..Options::default() };
    let settings = Settings { compression: Some(options), ..settings(role, |_| ()) };
    let said = match takes_over {
        true => "permessage-deflate",
        false => "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    };
    Driver::open_compressed(role, settings, said)
}

/// Bytes that nothing makes smaller, different for each seed.
fn noise(seed: u32, bytes: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..bytes).map(|_| next()).collect()
}

fn send_in_parts(driver: &mut Driver, message: &[u8]) -> Result<(), ErrorCode> {
    let parts: Vec<&[u8]> = message.chunks(9000).collect();
    driver.with(|connection, cx| {
        connection.send_parts(MessageType::Binary, &parts, Choice::Force, cx)
    })
}

fn send_in_pieces(driver: &mut Driver, message: &[u8]) -> Result<(), ErrorCode> {
    let mut pieces = message.chunks(9000).peekable();
    let mut refused = Ok(());
    driver.connection.begin_message(MessageType::Binary, Choice::Force)?;
    while let Some(piece) = pieces.next() {
        let fin = pieces.peek().is_none();
        let sent = driver.with(|connection, cx| connection.send_piece(piece, fin, cx));
        if sent.is_err() {
            // What was refused can be sent again.
            refused = sent;
            driver.with(|connection, cx| connection.send_piece(piece, fin, cx))?;
        }
    }
    refused
}

#[test]
fn f13_b07_what_was_deflated_and_not_sent_is_referred_to_by_nothing() {
    type Send = fn(&mut Driver, &[u8]) -> Result<(), ErrorCode>;
    let ways: [(Send, bool); 2] = [(send_in_parts, false), (send_in_pieces, true)];
    let (first, second) = (noise(1, 2000), noise(2, 50_000));
    for (role, takes_over, (way, arrives)) in ROLES
        .into_iter()
        .flat_map(|role| [(role, true), (role, false)])
        .flat_map(|(role, takes_over)| ways.map(|way| (role, takes_over, way)))
    {
        for fails in 1.. {
            let mut driver = open(role, takes_over);
            let mut peer = open(peer_of(role), takes_over);
            way(&mut driver, &first).unwrap();
            let (sent, tally) = counted(fails, || way(&mut driver, &second));
            let starved = tally.large >= fails;
            assert_eq!(sent, if starved { Err(ErrorCode::OutOfMemory) } else { Ok(()) });
            // It repeats what may not have been sent.
            way(&mut driver, &second).unwrap();
            driver.drain();
            peer.feed(&driver.sent);
            let mut seen = vec![binary(&first)];
            seen.extend((arrives || !starved).then(|| binary(&second)));
            seen.push(binary(&second));
            assert!(peer.seen == seen, "{role:?}, takeover {takes_over}, allocation {fails}");
            if !starved {
                assert!(fails > 1, "nothing large was allocated");
                break;
            }
        }
    }
}

#[test]
fn f13_without_memory_for_a_stream_a_send_is_refused_and_a_connection_ends() {
    for role in ROLES {
        let mut driver = open(role, true);
        let (refused, tally) = counted(2, || send_in_parts(&mut driver, &[b'a'; 300]));
        assert_eq!((refused, tally.large), (Err(ErrorCode::OutOfMemory), 2));
        send_in_parts(&mut driver, &[b'a'; 300]).unwrap();
        driver.drain();
        let mut peer = open(peer_of(role), true);
        let received = driver.sent;
        counted(1, || peer.feed(&received));
        assert_eq!(peer.end().error, Some(ErrorCode::OutOfMemory));
    }
}

#[test]
fn b08_after_the_end_a_connection_has_no_stream() {
    for role in ROLES {
        let mut driver = open(role, true);
        let mut peer = open(peer_of(role), true);
        send_in_parts(&mut peer, &[b'a'; 300]).unwrap();
        peer.drain();
        let mut live = |work: &mut dyn FnMut(&mut Connection)| {
            let (_, tally) = counted(usize::MAX, || {
                send_in_parts(&mut driver, &[b'a'; 300]).unwrap();
                driver.feed(&peer.sent);
                work(&mut driver.connection);
            });
            tally.live
        };
        assert!(live(&mut |_| ()) > 250_000);
        let ended = live(&mut |connection| connection.abort(ErrorCode::Cancelled));
        assert!(ended < 0, "{ended}");
    }
}
