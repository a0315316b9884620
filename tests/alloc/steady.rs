//! What is allocated while nothing is wrong: by a header, by messages, by an idle connection.

use oxws::protocol::connection::{Connection, Context};
use oxws::protocol::event::{Event, Payload};
use oxws::protocol::opcode::Role;

use crate::allocator::counted;
use crate::harness::{Driver, ROLES};
use crate::receive;
use crate::rows::{frame, frames, peer_of};

/// Sends a message back, and gives its buffer to the pool.
fn echo(connection: &mut Connection, event: Event<'_>, cx: &mut Context<'_>) {
    let Event::Message { kind, payload } = event else { panic!("{event:?}") };
    connection.check_send(kind, payload.as_slice()).unwrap();
    connection.send(kind, payload.as_slice(), cx).unwrap();
    if let Payload::Assembled(buffer) = payload {
        cx.messages.give_back(buffer);
    }
}

/// Receives the pieces of messages and echoes them, as often as told; what all that sent.
fn echo_rounds(driver: &mut Driver, pieces: &[&[u8]], place: &mut [u8], rounds: usize) -> usize {
    let mut sent = 0;
    for _ in 0..rounds {
        for piece in pieces {
            let bytes = &mut place[..piece.len()];
            bytes.copy_from_slice(piece);
            assert_eq!(receive(driver, bytes, echo), 0);
        }
        sent += driver.output.len();
        driver.output.advance(driver.output.len());
        driver.connection.output_drained(driver.now);
    }
    sent
}

#[test]
fn a03_a_declared_length_allocates_64_kib_at_most() {
    for role in ROLES {
        let by = peer_of(role);
        let most = if role == Role::Server { 1 << 20 } else { 16 << 20 };
        for (first, before) in [(0x82, None), (0x81, None), (0x80, Some(frame(by, 0x02, b"")))] {
            let mut driver = Driver::open(role, |_| ());
            let mut bytes = before.unwrap_or_default();
            let header = bytes.len() + if role == Role::Server { 14 } else { 10 };
            bytes.extend(frame(by, first, &vec![b'x'; most]));
            bytes.truncate(header + 1);
            let (left, tally) =
                counted(0, || receive(&mut driver, &mut bytes, |_, event, _| panic!("{event:?}")));
            assert_eq!(left, 0);
            assert!(tally.bytes <= 65_536 + 512, "{tally:?}");
            let (room, tally) = counted(0, || driver.connection.direct_room().unwrap().len());
            assert!(room > 0 && tally.bytes <= 65_536 + 512, "{tally:?}");
        }
    }
}

#[test]
fn a03_a_length_above_the_limit_allocates_only_its_end() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        let mask = if role == Role::Server { 0x80 } else { 0 };
        let mut bytes = [0x82, mask | 127, 0x7f, 255, 255, 255, 255, 255, 255, 255];
        let (_, tally) = counted(0, || receive(&mut driver, &mut bytes, |_, _, _| ()));
        assert!(driver.connection.has_ended());
        assert!(tally.bytes <= 1024, "{tally:?}");
    }
}

#[test]
fn messages_that_lie_whole_in_the_input_are_echoed_without_an_allocation() {
    for role in ROLES {
        for size in [0, 16, 1024, 65_536] {
            let message = frame(peer_of(role), 0x82, &vec![7; size]);
            let answer = frame(role, 0x82, &vec![7; size]).len();
            let mut place = vec![0; message.len()];
            let mut driver = Driver::open(role, |_| ());
            echo_rounds(&mut driver, &[&message], &mut place, 2);
            let (sent, tally) =
                counted(0, || echo_rounds(&mut driver, &[&message], &mut place, 50));
            assert_eq!(sent, 50 * answer);
            assert_eq!(tally.count, 0, "{role:?} {size} {tally:?}");
        }
    }
}

/// A message that comes in pieces costs one small block, freed with it; its bytes go to a buffer
/// of the pool.
#[test]
fn messages_that_come_in_pieces_allocate_no_memory_for_their_bytes() {
    for role in ROLES {
        let by = peer_of(role);
        let split = frame(by, 0x82, &[7; 65_536]);
        let (front, back) = split.split_at(30_000);
        let fragments = frames(by, &[(0x02, &[7; 32_768]), (0x80, &[7; 32_768])]);
        for pieces in [&[front, back][..], &[&fragments]] {
            let mut place = vec![0; 80_000];
            let mut driver = Driver::open(role, |_| ());
            echo_rounds(&mut driver, pieces, &mut place, 2);
            let (sent, tally) = counted(0, || echo_rounds(&mut driver, pieces, &mut place, 50));
            assert_eq!(sent, 50 * frame(role, 0x82, &[7; 65_536]).len());
            assert!(tally.count <= 50 && tally.largest <= 128, "{role:?} {tally:?}");
            assert_eq!(tally.live, 0);
        }
    }
}

#[test]
fn control_frames_between_messages_leave_no_memory_behind() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        let list = frames(peer_of(role), &[(0x89, &[1; 125]), (0x8a, &[2; 125])]);
        let mut bytes = list.clone();
        receive(&mut driver, &mut bytes, |_, _, _| ());
        driver.output.advance(usize::MAX);
        let ((), tally) = counted(0, || {
            for _ in 0..100 {
                bytes.copy_from_slice(&list);
                receive(&mut driver, &mut bytes, |_, _, _| ());
                driver.output.advance(usize::MAX);
            }
        });
        assert_eq!((tally.count, tally.live), (0, 0), "{role:?}");
    }
}

#[test]
fn an_open_connection_owns_no_memory_besides_itself() {
    for role in ROLES {
        let warm = Driver::open(role, |_| ());
        let (size, tally) = counted(0, || {
            let driver = Driver::open(role, |_| ());
            let Driver { connection, .. } = driver;
            let settings = size_of_val(connection.settings());
            std::mem::forget(connection);
            settings
        });
        // The settings, which connections share, and the two counts of their `Arc`.
        assert_eq!(tally.live, (size + 16) as isize, "{role:?} {tally:?}");
        assert!(warm.connection.is_open());
    }
    assert!(size_of::<Connection>() <= 88, "{}", size_of::<Connection>());
}
