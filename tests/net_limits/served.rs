//! A server in a process of its own, and clients of it in this one.

use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use oxws::net::broadcast::Audience;
use oxws::net::loop_event::ConnectionEvent;
use oxws::net::slots::Id;
use oxws::protocol::connection::{Choice, Prepared};
use oxws::protocol::event::Event;
use oxws::protocol::url::Place;

use crate::alone::{processor_time, start_piped};
use crate::harness::{Loop, PATIENCE, World, options};
use crate::wire::{ACCEPTED, REQUEST, TEXT, Wire, frame};

/// A server that runs elsewhere.
pub(crate) struct Served {
    child: Child,
    pub(crate) place: Place,
}

/// How a message begins that is for all connections.
pub(crate) const TO_ALL: &[u8] = b"all:";

/// Sends messages back, or to everybody those that ask for it, and stops if asked.
fn obey(event_loop: &mut Loop, id: Id, event: &ConnectionEvent<'_>) {
    let ConnectionEvent::Protocol(Event::Message { kind, payload }) = event else {
        return;
    };
    match payload.as_slice() {
        b"stop" => event_loop.mailbox().stop(),
        all if all.starts_with(TO_ALL) => {
            let message = Prepared::new(*kind, all, Choice::BySize).unwrap();
            event_loop.broadcast(&message, Audience::default(), |_| ()).unwrap();
        }
        other => event_loop.send(id, *kind, other).unwrap(),
    }
}

/// How long such a server lives if nobody stops it.
const LIFE: Duration = Duration::from_secs(60);

/// The life of such a server.
pub(crate) fn serve() {
    let began = Instant::now();
    let mut world = World::new();
    world.only_counts = true;
    let server = world.listen(options(), obey);
    let Place::Host { port, .. } = server.place else {
        panic!("a port was asked for");
    };
    eprintln!("port {port}");
    while !world.event_loop.mailbox().take_stop() && began.elapsed() < LIFE {
        world.event_loop.poll(Some(Duration::from_secs(5))).unwrap();
        world.steps();
    }
}

impl Served {
    /// Starts the test `name`, which calls [`serve`], through a command.
    pub(crate) fn start(through: &[&str], name: &str) -> Served {
        let mut child = start_piped(through, name);
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        // What else it says is for whoever looks at a failure.
        let mut lines = lines.map(Result::unwrap).inspect(|line| eprintln!("{line}"));
        let port = lines.find_map(|line| line.strip_prefix("port ")?.parse().ok());
        std::thread::spawn(move || lines.for_each(drop));
        let place = Place::Host {
            host: Ipv4Addr::LOCALHOST.to_string().into(),
            port: port.expect("the server says where it listens"),
        };
        Served { child, place }
    }

    /// A connection whose handshake is to end well.
    #[track_caller]
    pub(crate) fn open(&self) -> Wire {
        let mut wire = Wire::connect(&self.place);
        wire.say(REQUEST);
        wait("the handshake ends", || {
            wire.pump();
            wire.received == ACCEPTED
        });
        wire.received.clear();
        wire
    }

    /// Processor time that the server has used.
    pub(crate) fn processor_time(&self) -> Duration {
        processor_time(self.child.id())
    }

    /// Asks the server to stop; how it ended.
    #[track_caller]
    pub(crate) fn stop(mut self, wire: &mut Wire) -> ExitStatus {
        wire.say(&frame(TEXT, b"stop"));
        self.child.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It has ended already unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for what another process does.
#[track_caller]
pub(crate) fn wait(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < PATIENCE, "{what}");
        std::thread::park_timeout(Duration::from_millis(1));
    }
}
