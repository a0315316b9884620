//! A network in memory: which ends belong together, what passes between them, and when.
//!
//! It never touches a loop: what has happened is told as numbers of slots, in the terms in which
//! the system tells of sockets.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::IpAddr;
use std::rc::Rc;

use super::super::transfer::Transfer;
use super::address::Address;
use super::line::{Line, Travel};
use super::meeting::Door;
use crate::protocol::time::Time;
use crate::protocol::url::Place;

/// The first port that is given to whoever asks for none.
pub(super) const FIRST_FREE_PORT: u16 = 49152;

/// A network that several ends share.
pub(super) type Shared = Rc<RefCell<Network>>;

/// One end of a connection. The other end has the number that differs in the lowest bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::net) struct Number(pub(super) u64);

impl Number {
    pub(super) fn peer(self) -> Number {
        Number(self.0 ^ 1)
    }
}

/// What happens at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum News {
    /// A listener has a connection to accept.
    Door(u32),
    /// Something arrives at an end.
    Arrival(Number),
    /// An end can be written to again, or has been connected.
    Room(Number),
    /// Whoever an end calls answers.
    Answer(Number),
}

/// What the loop is to be told of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::net) struct Readiness {
    pub(in crate::net) slot: u32,
    pub(in crate::net) readable: bool,
    pub(in crate::net) ends: bool,
    pub(in crate::net) writable: bool,
}

/// The network of one loop.
#[derive(Debug)]
pub(in crate::net) struct Network {
    now: Rc<Cell<Time>>,
    pub(super) ends: BTreeMap<Number, End>,
    pub(super) doors: BTreeMap<u32, Door>,
    news: BTreeSet<(Time, News)>,
    pub(super) next_end: u64,
    pub(super) next_door: u32,
    pub(super) next_port: u16,
    /// How bytes travel on connections that are made from now on.
    pub(super) travel: Travel,
    /// How connecting goes to some addresses.
    pub(super) routes: BTreeMap<IpAddr, Route>,
    /// Where ends connect to that have not been answered, and the error number of the answer.
    pub(super) calls: BTreeMap<Number, (Place, i32)>,
    /// So many next connections fail, with this error number.
    pub(super) refusals: (u32, i32),
}

/// How connecting to an address goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    /// How long it takes.
    pub(super) delay_ms: u32,
    /// With which error number it fails; 0 if it does not.
    pub(super) error: i32,
}

#[derive(Debug)]
pub(super) struct End {
    pub(super) slot: Option<u32>,
    pub(super) stage: Stage,
    /// What comes from the other end.
    pub(super) line: Line,
    pub(super) address: Address,
    /// Whether a write was refused for want of room.
    pub(super) waits_for_room: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nobody answers.
    Unanswered,
    Connected,
    /// Its owner has closed it.
    Closed,
}

impl Network {
    pub(super) fn new(now: Rc<Cell<Time>>) -> Network {
        Network {
            now,
            ends: BTreeMap::new(),
            doors: BTreeMap::new(),
            news: BTreeSet::new(),
            next_end: 0,
            next_door: 0,
            next_port: FIRST_FREE_PORT,
            travel: Travel::default(),
            routes: BTreeMap::new(),
            calls: BTreeMap::new(),
            refusals: (0, 0),
        }
    }

    /// When something happens next.
    pub(super) fn next_news(&self) -> Option<Time> {
        self.news.first().map(|(at, _)| *at)
    }

    /// What has happened, one thing after another.
    pub(super) fn take_news(&mut self) -> Option<Readiness> {
        let now = self.now.get();
        while self.next_news().is_some_and(|at| at <= now) {
            let (_, news) = self.news.pop_first()?;
            let told = match news {
                News::Door(number) => self.doors.get(&number).and_then(Door::readiness),
                News::Arrival(number) => {
                    self.ends.get(&number).and_then(|end| end.readiness(true, now))
                }
                News::Room(number) => {
                    self.ends.get(&number).and_then(|end| end.readiness(false, now))
                }
                News::Answer(number) => {
                    self.answer(number, now);
                    self.ends.get(&number).and_then(|end| end.readiness(false, now))
                }
            };
            if told.is_some() {
                return told;
            }
        }
        None
    }

    fn tell(&mut self, at: Time, news: News) {
        self.news.insert((at, news));
    }

    pub(super) fn tell_now(&mut self, news: News) {
        self.tell(self.now.get(), news);
    }

    pub(super) fn tell_after(&mut self, ms: u32, news: News) {
        self.tell(self.now.get().after_ms(ms), news);
    }

    // What a loop does with an end

    /// Tells the slot from now on; as for a socket, also of what is there already.
    pub(super) fn register(&mut self, number: Number, slot: Option<u32>) {
        if let Some(end) = self.ends.get_mut(&number) {
            end.slot = slot;
        }
        if slot.is_some() {
            self.tell_now(News::Arrival(number));
            self.tell_now(News::Room(number));
        }
    }

    pub(super) fn connected(&self, number: Number) -> Option<io::Result<()>> {
        let end = self.ends.get(&number)?;
        match end.line.broken() {
            Some(error) => Some(Err(io::Error::from_raw_os_error(error))),
            None => (end.stage == Stage::Connected).then_some(Ok(())),
        }
    }

    pub(super) fn read(&mut self, number: Number, buffer: &mut [u8]) -> Transfer {
        let now = self.now.get();
        let Some(end) = self.ends.get_mut(&number) else {
            return Transfer::Broken(libc::EBADF);
        };
        let transfer = end.line.read(buffer, now);
        if matches!(transfer, Transfer::Bytes(_)) {
            self.make_room(number.peer());
        }
        transfer
    }

    pub(super) fn write(&mut self, number: Number, bytes: &[u8]) -> Transfer {
        let now = self.now.get();
        let knows_of_end = self.ends.get(&number).is_none_or(|end| end.line.has_ended(now));
        let Some(peer) = self.ends.get_mut(&number.peer()) else {
            return Transfer::Broken(libc::EPIPE);
        };
        if peer.stage == Stage::Closed {
            // Until it can know, it writes to nobody.
            return match knows_of_end {
                true => Transfer::Broken(libc::EPIPE),
                false => Transfer::Bytes(bytes.len()),
            };
        }
        let news = &mut self.news;
        let announce = |at| {
            news.insert((at, News::Arrival(number.peer())));
        };
        match peer.line.send(bytes, now, announce) {
            Ok(0) if !bytes.is_empty() => {
                if let Some(end) = self.ends.get_mut(&number) {
                    end.waits_for_room = true;
                }
                Transfer::WouldBlock
            }
            Ok(count) => Transfer::Bytes(count),
            Err(number) => Transfer::Broken(number),
        }
    }

    pub(super) fn stop_writing(&mut self, number: Number) {
        let now = self.now.get();
        let at = self.ends.get_mut(&number.peer()).and_then(|peer| peer.line.stop(now));
        if let Some(at) = at {
            self.tell(at, News::Arrival(number.peer()));
        }
    }

    pub(super) fn close(&mut self, number: Number) {
        self.calls.remove(&number);
        self.stop_writing(number);
        if let Some(end) = self.ends.get_mut(&number) {
            end.stage = Stage::Closed;
            end.slot = None;
            end.line.forget();
        }
        match self.ends.get(&number.peer()) {
            Some(peer) if peer.stage != Stage::Closed => self.make_room(number.peer()),
            _ => {
                self.ends.remove(&number);
                self.ends.remove(&number.peer());
            }
        }
    }

    pub(super) fn address(&self, number: Number) -> Option<String> {
        self.ends.get(&number).map(|end| end.address.to_string())
    }

    pub(super) fn peer_address(&self, number: Number) -> Option<String> {
        match &self.ends.get(&number.peer())?.address {
            // As the system has it: only one side of a path has a name.
            Address::Path(_) => Some("unix:".to_owned()),
            address => Some(address.to_string()),
        }
    }

    /// The address that an accepted connection comes from.
    pub(super) fn peer_ip(&self, number: Number) -> Option<IpAddr> {
        match self.ends.get(&number.peer())?.address {
            Address::Ip(address) => Some(address.ip()),
            Address::Path(_) => None,
        }
    }

    // What a test does with an end

    /// Changes how that travels which the end sends.
    pub(super) fn change_travel(&mut self, number: Number, change: impl FnOnce(&mut Travel)) {
        if let Some(peer) = self.ends.get_mut(&number.peer()) {
            change(&mut peer.line.travel);
            self.make_room(number);
        }
    }

    pub(super) fn freeze(&mut self, number: Number, is_frozen: bool) {
        if let Some(peer) = self.ends.get_mut(&number.peer()) {
            peer.line.set_frozen(is_frozen);
            self.tell_now(News::Arrival(number.peer()));
        }
    }

    /// Lets bytes come to the end as if the other one had sent them.
    pub(super) fn inject(&mut self, number: Number, bytes: &[u8]) {
        let now = self.now.get();
        if let Some(end) = self.ends.get_mut(&number) {
            let news = &mut self.news;
            let announce = |at| {
                news.insert((at, News::Arrival(number)));
            };
            end.line.carry(bytes, now, announce);
        }
    }

    /// Breaks a connection for both ends; without an error number both find that the other has
    /// stopped.
    pub(super) fn break_off(&mut self, number: Number, error: i32) {
        let now = self.now.get();
        for number in [number, number.peer()] {
            if error == 0 {
                self.stop_writing(number);
            } else if let Some(end) = self.ends.get_mut(&number) {
                end.line.break_with(error, now);
                self.tell_now(News::Arrival(number));
                self.tell_now(News::Room(number));
            }
        }
    }

    /// Whoever waits to write is told that it can.
    fn make_room(&mut self, writer: Number) {
        let has_room = self
            .ends
            .get(&writer.peer())
            .is_none_or(|reader| reader.stage == Stage::Closed || reader.line.has_room());
        if has_room
            && let Some(end) = self.ends.get_mut(&writer)
            && std::mem::take(&mut end.waits_for_room)
        {
            self.tell_now(News::Room(writer));
        }
    }
}

impl End {
    fn readiness(&self, readable: bool, now: Time) -> Option<Readiness> {
        let slot = self.slot?;
        let is_broken = self.line.broken().is_some();
        let ends = readable && self.line.has_ended(now);
        Some(Readiness { slot, readable, ends, writable: !readable || is_broken })
    }
}
