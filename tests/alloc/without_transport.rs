//! What a driver holds: nothing while nothing happens, whatever has passed before.

use std::sync::Arc;

use oxws::protocol::connection::Input;
use oxws::protocol::driver::{Driver, OutputLimits, Step};
use oxws::protocol::event::Event;
use oxws::protocol::handshake::client_request::ClientRequest;
use oxws::protocol::handshake::fields::Fields;
use oxws::protocol::opcode::Role;
use oxws::protocol::time::Time;

use crate::allocator::counted;
use crate::harness::{ANSWER, FixedKey, NONCE, REQUEST, ROLES, settings};
use crate::rows::{frame, frames, peer_of};

const LIMITS: OutputLimits = OutputLimits {
    max_queued_bytes: 1024 * 1024,
    pauses_while_queued: false,
    write_stall_timeout_ms: 0,
};

fn begin(role: Role) -> Driver<FixedKey> {
    let (settings, now) = (Arc::new(settings(role, |_| ())), Time::default());
    match role {
        Role::Server => Driver::server(settings, LIMITS, FixedKey, now, 0),
        Role::Client => {
            let request = ClientRequest::new("server.example.com", "/chat").unwrap();
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
            let mut driver = begin(role);
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
    assert!(size_of::<Driver<FixedKey>>() <= 320, "{}", size_of::<Driver<FixedKey>>());
}
