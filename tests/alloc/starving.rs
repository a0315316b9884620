//! What happens where an allocation fails whose size a peer or the application chose.

use oxws::protocol::close::{CloseCode, CloseFrame};
use oxws::protocol::error::ErrorCode;
use oxws::protocol::event::{CloseReport, Event};
use oxws::protocol::handshake::reply::Reply;
use oxws::protocol::opcode::{MessageType, Role};
use oxws::protocol::time::Time;

use crate::allocator::{counted, uncounted};
use crate::harness::{Driver, REQUEST, ROLES};
use crate::receive;
use crate::rows::{frame, peer_of};

/// What a scenario without enough memory came to.
struct Outcome {
    refused: Option<ErrorCode>,
    report: Option<Box<CloseReport>>,
}

/// Lets each large allocation of `scenario` fail in turn, and checks what comes of it.
fn starve(name: &str, role: Role, scenario: fn(&mut Driver) -> Outcome) {
    for fails in 1.. {
        let mut driver = Driver::open(role, |to| to.control_burst = u32::MAX);
        let (outcome, tally) = counted(fails, || scenario(&mut driver));
        if tally.large < fails {
            assert!(fails > 1, "{name}: nothing large was allocated");
            assert!(outcome.refused.is_none() && outcome.report.is_none(), "{name}");
            return;
        }
        let error = outcome.report.as_ref().map(|report| report.error);
        let error = error.unwrap_or(outcome.refused);
        assert_eq!(error, Some(ErrorCode::OutOfMemory), "{name} as {role:?}, {fails}");
        if let Some(frame) = outcome.report.and_then(|report| report.local) {
            assert_eq!((frame.code.number(), &*frame.reason), (1011, ""));
        }
    }
}

/// Receives pieces of `bytes` until the connection ends.
fn receive_all(driver: &mut Driver, bytes: &[u8], step: usize) -> Outcome {
    // Small enough to be no large allocation of its own.
    let mut place = [0; 4000];
    let mut report = None;
    for piece in bytes.chunks(step) {
        let place = &mut place[..piece.len()];
        place.copy_from_slice(piece);
        receive(driver, place, |_, event, _| {
            if let Event::Closed(end) = event {
                assert!(report.replace(end).is_none());
            }
        });
    }
    Outcome { refused: None, report }
}

fn receive_large(driver: &mut Driver) -> Outcome {
    let by = peer_of(driver.connection.role());
    static PAYLOAD: [u8; 300_000] = [b'x'; 300_000];
    let message = uncounted(|| frame(by, 0x82, &PAYLOAD));
    receive_all(driver, &message, 4000)
}

fn flood_of_pings(driver: &mut Driver) -> Outcome {
    let by = peer_of(driver.connection.role());
    let ping = frame(by, 0x89, &[3; 100]);
    for _ in 0..300 {
        let outcome = receive_all(driver, &ping, 200);
        if outcome.report.is_some() {
            return outcome;
        }
    }
    Outcome { refused: None, report: None }
}

fn send_large(driver: &mut Driver) -> Outcome {
    static PAYLOAD: [u8; 100_000] = [b'x'; 100_000];
    for _ in 0..5 {
        let before = driver.output.len();
        let sent = driver.with(|connection, cx| connection.send(MessageType::Text, &PAYLOAD, cx));
        if let Err(error) = sent {
            assert_eq!(driver.output.len(), before);
            assert!(driver.connection.is_open());
            return Outcome { refused: Some(error), report: None };
        }
    }
    Outcome { refused: None, report: None }
}

/// Pings until the output has no room for anything else.
fn fill_output(driver: &mut Driver) -> Result<(), ErrorCode> {
    while driver.output.len() < 10_000 || driver.output.capacity() > driver.output.len() + 20 {
        let room = driver.output.capacity().saturating_sub(driver.output.len());
        let size = if room > 300 { 100 } else { 1 };
        driver.with(|connection, cx| connection.ping(&[5; 100][..size], cx))?;
    }
    Ok(())
}

fn ping_and_close(driver: &mut Driver) -> Outcome {
    let reason = "a reason that has no room";
    let refused = fill_output(driver).and_then(|()| {
        let frame = CloseFrame::new(Some(CloseCode::NORMAL), reason).unwrap();
        driver.with(|connection, cx| connection.close(frame, cx))
    });
    assert_eq!(driver.connection.is_open(), refused.is_err());
    Outcome { refused: refused.err(), report: None }
}

fn keep_alive(driver: &mut Driver) -> Outcome {
    if let Err(error) = fill_output(driver) {
        return Outcome { refused: Some(error), report: None };
    }
    for count in 1..1000 {
        driver.now = Time::from_micros(count * 60_000_000);
        driver.connection.resume_liveness(Time::from_micros(0));
        driver.with(|connection, cx| connection.deadline_passed(cx));
    }
    let mut report = None;
    receive(driver, &mut [], |_, event, _| {
        if let Event::Closed(end) = event {
            report = Some(end);
        }
    });
    Outcome { refused: None, report }
}

#[test]
fn f13_without_memory_a_connection_ends_and_the_process_does_not() {
    for role in ROLES {
        starve("receive", role, receive_large);
        starve("pings", role, flood_of_pings);
        starve("send", role, send_large);
        starve("close", role, ping_and_close);
        starve("keepalive", role, keep_alive);
    }
}

/// Every allocation that could carry the Close frame fails: the end is reported without it.
#[test]
fn f13_without_memory_for_its_close_frame_a_connection_ends_without_one() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        fill_output(&mut driver).unwrap();
        let before = driver.output.len();
        let mut broken = [0x83];
        let (report, tally) = counted(1, || {
            let mut report = None;
            receive(&mut driver, &mut broken, |_, event, _| match event {
                Event::Closed(end) => report = Some(end),
                event => panic!("{event:?}"),
            });
            report.unwrap()
        });
        assert_eq!(tally.large, 1);
        assert_eq!(report.error, Some(ErrorCode::ReservedOpcode));
        assert_eq!((report.local, report.remote), (None, None));
        assert_eq!(driver.output.len(), before);
    }
}

#[test]
fn f13_without_memory_for_the_answer_a_close_of_the_peer_ends_the_connection() {
    for role in ROLES {
        let mut driver = Driver::open(role, |_| ());
        fill_output(&mut driver).unwrap();
        while driver.output.capacity() > driver.output.len() {
            driver.output.append(&[0]).unwrap();
        }
        let mut bytes = frame(peer_of(role), 0x88, b"\x03\xe8");
        let (report, _) = counted(1, || {
            let mut report = None;
            receive(&mut driver, &mut bytes, |_, event, _| match event {
                Event::Closed(end) => report = Some(end),
                event => panic!("{event:?}"),
            });
            report.unwrap()
        });
        assert_eq!(report.error, Some(ErrorCode::OutOfMemory));
    }
}

#[test]
fn f13_without_memory_for_a_long_answer_none_is_begun() {
    let mut driver = Driver::begin(Role::Server, |_| ());
    driver.receive(REQUEST);
    let mut reply = Reply::new(403).unwrap();
    reply.set_body(&[b'a'; 100_000]).unwrap();
    let mut respond = |fails| {
        let (result, _) = counted(fails, || driver.with(|it, cx| it.respond(&reply, cx)));
        (result, driver.output.len() > 100_000)
    };
    assert_eq!(respond(1), (Err(ErrorCode::OutOfMemory), false));
    assert_eq!(respond(usize::MAX), (Ok(()), true));
}
