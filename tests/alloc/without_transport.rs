//! What a driver holds: nothing while nothing happens, whatever has passed before.

use std::sync::Arc;

use oxws::protocol::connection::Input;
use oxws::protocol::deflate::Options;
use oxws::protocol::driver::{Driver, OutputLimits, Step};
use oxws::protocol::event::Event;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::opcode::Role;
use oxws::protocol::settings::Settings;
use oxws::protocol::time::Time;

use crate::allocator::counted;
use crate::harness::{ANSWER, FixedKey, NONCE, REQUEST, ROLES, settings, with_extensions};
use crate::rows::{frame, frames, peer_of};

const LIMITS: OutputLimits = OutputLimits {
    max_queued_bytes: 1024 * 1024,
    pauses_while_queued: false,
    write_stall_timeout_ms: 0,
};

fn begin(role: Role, compression: Option<Options>) -> Driver<FixedKey> {
    let settings = Settings { compression, ..settings(role, |_| ()) };
    let (settings, now) = (Arc::new(settings), Time::default());
    match role {
        Role::Server => Driver::server(settings, LIMITS, FixedKey, now, 0),
        Role::Client => {
            let mut request = ClientRequest::new("server.example.com", "/chat").unwrap();
            request.set_compression(compression.map(|options| options.wishes));
            let mut driver = Driver::client(settings, LIMITS, FixedKey, now, request, 0);
            driver.start_request(NONCE);
            driver
        }
    }
}

/// Receives bytes in pieces, accepts, echoes, and writes all output.
fn receive(driver: &mut Driver<FixedKey>, bytes: &mut [u8], piece: usize) {
    for bytes in bytes.chunks_mut(piece) {
        let mut start = 0;
        loop {
            let mut input = Input::new(&mut bytes[start..]);
            let step = driver.step(&mut input);
            let left = input.len();
            let echo = match step {
                Step::Event(Event::Request(_)) => {
                    driver.accept_first(&[], &Fields::default()).unwrap();
                    None
                }
                Step::Event(Event::Message { kind, payload }) => {
                    Some((kind, payload.as_slice().to_vec()))
                }
                Step::Event(_) | Step::Again => None,
                Step::Done => break,
            };
            if let Some((kind, payload)) = echo {
                driver.send(kind, &payload).unwrap();
            }
            start = bytes.len() - left;
        }
        driver.output_written(driver.output().len()).unwrap();
    }
}

#[test]
fn an_idle_driver_holds_nothing_besides_itself_and_its_settings() {
    for role in ROLES {
        let head = if role == Role::Server { REQUEST } else { ANSWER };
        let (mut driver, tally) = counted(0, || {
            let mut driver = begin(role, None);
            receive(&mut driver, &mut head.to_vec(), 7);
            driver
        });
        assert!(driver.connection().is_open());
        let settings = size_of_val(driver.connection().settings());
        assert_eq!(tally.live, (settings + 16) as isize, "{role:?} {tally:?}");
        let by = peer_of(role);
        let mut said = frames(by, &[(0x01, &[b'x'; 5000]), (0x89, &[1; 125]), (0x80, &[b'y'; 9])]);
        said.extend(frame(by, 0x82, &[7; 300_000]));
        for piece in [1, 100, 4096, usize::MAX] {
            let ((), tally) = counted(0, || receive(&mut driver, &mut said.clone(), piece));
            assert_eq!(tally.live, 0, "{role:?} {piece} {tally:?}");
        }
    }
    assert!(size_of::<Driver<FixedKey>>() <= 352, "{}", size_of::<Driver<FixedKey>>());
}

#[test]
fn e24_streams_serve_message_after_message_and_go_when_nothing_is_compressed() {
    let options = Options { threshold_bytes: 1, ..Options::default() };
    let terms = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    for role in ROLES {
        let head = if role == Role::Server { REQUEST } else { ANSWER };
        let mut driver = begin(role, Some(options));
        receive(&mut driver, &mut with_extensions(head, terms), usize::MAX);
        assert!(driver.connection().compression().is_some());
        let hello = frame(peer_of(role), 0xC2, b"\xf2\x48\xcd\xc9\xc9\x07\x00");
        let mut live = 0;
        for (piece, makes_streams) in [(usize::MAX, true), (usize::MAX, false), (1, false)] {
            let ((), tally) = counted(0, || receive(&mut driver, &mut hello.clone(), piece));
            assert_eq!(tally.bytes > 128 * 1024, makes_streams, "{role:?} {tally:?}");
            live += tally.live;
        }
        let due = driver.deadline().unwrap();
        assert_eq!(due, Time::default().after_ms(1000));
        let ((), tally) = counted(0, || {
            driver.set_now(due);
            driver.advance();
        });
        assert_eq!(live + tally.live, 0, "{role:?} {live} {tally:?}");
        assert!(driver.deadline().is_none_or(|at| at > Time::default().after_ms(1000)));
    }
}
