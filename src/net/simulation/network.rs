//! A network in memory: which ends belong together, who listens where, and what happens when.
//!
//! It never touches a loop: what has happened is told as numbers of slots, in the terms in which
//! the system tells of sockets.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;

use super::super::resolve::literal;
use super::super::socket::Transfer;
use super::line::{Line, Travel};
use crate::protocol::time::Time;
use crate::protocol::url::Place;

/// The first port that is given to whoever asks for none.
const FIRST_FREE_PORT: u16 = 49152;

/// A network that several ends share.
pub(super) type Shared = Rc<RefCell<Network>>;

/// One end of a connection. The other end has the number that differs in the lowest bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::net) struct Number(u64);

impl Number {
    fn peer(self) -> Number {
        Number(self.0 ^ 1)
    }
}

/// What happens at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum News {
    /// A listener has a connection to accept.
    Door(u32),
    /// Something arrives at an end.
    Arrival(Number),
    /// An end can be written to again, or has been connected.
    Room(Number),
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
    ends: BTreeMap<Number, End>,
    doors: BTreeMap<u32, Door>,
    news: BTreeSet<(Time, News)>,
    next_end: u64,
    next_door: u32,
    next_port: u16,
    /// How bytes travel on connections that are made from now on.
    pub(super) travel: Travel,
    /// So many next connections fail, with this error number.
    pub(super) refusals: (u32, i32),
}

#[derive(Debug)]
struct End {
    slot: Option<u32>,
    stage: Stage,
    /// What comes from the other end.
    line: Line,
    address: Address,
    /// Whether a write was refused for want of room.
    waits_for_room: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nobody answers.
    Unanswered,
    Connected,
    /// Its owner has closed it.
    Closed,
}

/// Where an end is.
#[derive(Debug, Clone)]
enum Address {
    Ip(SocketAddr),
    Path(Box<str>),
}

#[derive(Debug)]
struct Door {
    slot: Option<u32>,
    place: Place,
    waiting: VecDeque<Number>,
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

    fn tell_now(&mut self, news: News) {
        self.tell(self.now.get(), news);
    }

    // Listening

    /// Begins to listen; the number of the listener.
    ///
    /// # Errors
    ///
    /// `AddrInUse`.
    pub(super) fn listen(&mut self, place: &Place, may_share: bool) -> io::Result<u32> {
        let mut place = canonical(place);
        if let Place::Host { port, .. } = &mut place
            && *port == 0
        {
            *port = self.free_port();
        }
        if !may_share && self.doors.values().any(|door| door.place == place) {
            return Err(io::Error::from_raw_os_error(libc::EADDRINUSE));
        }
        let number = self.next_door;
        self.next_door += 1;
        self.doors.insert(number, Door { slot: None, place, waiting: VecDeque::new() });
        Ok(number)
    }

    pub(super) fn place_of(&self, door: u32) -> Option<&Place> {
        self.doors.get(&door).map(|door| &door.place)
    }

    pub(super) fn accept(&mut self, door: u32) -> Option<Number> {
        self.doors.get_mut(&door)?.waiting.pop_front()
    }

    pub(super) fn register_door(&mut self, door: u32, slot: Option<u32>) {
        if let Some(door) = self.doors.get_mut(&door) {
            door.slot = slot;
        }
        self.tell_now(News::Door(door));
    }

    pub(super) fn close_door(&mut self, door: u32) {
        let waiting = self.doors.remove(&door).map(|door| door.waiting).unwrap_or_default();
        waiting.into_iter().for_each(|end| self.close(end));
    }

    fn free_port(&mut self) -> u16 {
        let is_taken = |port: u16, doors: &BTreeMap<u32, Door>| {
            doors
                .values()
                .any(|door| matches!(door.place, Place::Host { port: of, .. } if of == port))
        };
        loop {
            let port = self.next_port;
            self.next_port = port.checked_add(1).unwrap_or(FIRST_FREE_PORT);
            if !is_taken(port, &self.doors) {
                return port;
            }
        }
    }

    // Connecting

    /// Begins to connect to whoever listens there; the number of the dialling end.
    ///
    /// # Errors
    ///
    /// The error number with which connecting fails.
    pub(super) fn dial(&mut self, place: &Place) -> Result<Number, i32> {
        let place = canonical(place);
        if self.refusals.0 > 0 {
            self.refusals.0 -= 1;
            return match self.refusals.1 {
                0 => Ok(self.new_end(Stage::Unanswered, Address::of(&place))),
                number => Err(number),
            };
        }
        let listening = |(_, door): &(&u32, &Door)| door.takes(&place);
        let found = self.doors.iter().find(listening).map(|(number, _)| *number);
        let door = match found {
            Some(number) => number,
            None => {
                let any = |(_, door): &(&u32, &Door)| door.takes_any_host(&place);
                *self.doors.iter().find(any).ok_or(libc::ECONNREFUSED)?.0
            }
        };
        let (dialling, accepted) = self.join(Address::of(&place));
        if let Some(door) = self.doors.get_mut(&door) {
            door.waiting.push_back(accepted);
        }
        self.tell_now(News::Door(door));
        Ok(dialling)
    }

    /// Two ends that are connected to each other: the dialling one first.
    pub(super) fn pair(&mut self) -> (Number, Number) {
        let port = self.free_port();
        self.join(Address::Ip((Ipv4Addr::LOCALHOST, port).into()))
    }

    fn join(&mut self, served_at: Address) -> (Number, Number) {
        let port = self.free_port();
        let from = match &served_at {
            Address::Ip(_) => Address::Ip((Ipv4Addr::LOCALHOST, port).into()),
            Address::Path(_) => Address::Path("".into()),
        };
        let dialling = self.new_end(Stage::Connected, from);
        let line = Line::new(self.travel);
        let stage = Stage::Connected;
        let accepted = End { slot: None, stage, line, address: served_at, waits_for_room: false };
        self.ends.insert(dialling.peer(), accepted);
        (dialling, dialling.peer())
    }

    /// An end with an even number, as the first one of two has.
    fn new_end(&mut self, stage: Stage, address: Address) -> Number {
        let number = Number(self.next_end);
        self.next_end += 2;
        let line = Line::new(self.travel);
        self.ends.insert(number, End { slot: None, stage, line, address, waits_for_room: false });
        number
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

impl Door {
    fn readiness(&self) -> Option<Readiness> {
        let slot = self.slot?;
        let readable = !self.waiting.is_empty();
        readable.then_some(Readiness { slot, readable, ends: false, writable: false })
    }

    fn takes(&self, place: &Place) -> bool {
        self.place == *place
    }

    fn takes_any_host(&self, place: &Place) -> bool {
        match (&self.place, place) {
            (Place::Host { host, port }, Place::Host { port: dialled, .. }) => {
                port == dialled && matches!(&**host, "*" | "0.0.0.0" | "::")
            }
            _ => false,
        }
    }
}

impl Address {
    fn of(place: &Place) -> Address {
        match place {
            Place::Host { host, port } => {
                let by_name = SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
                Address::Ip(literal(host, *port).unwrap_or(by_name))
            }
            Place::Path(path) => Address::Path(path.clone()),
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Address::Ip(address) => address.fmt(f),
            Address::Path(path) => write!(f, "unix:{path}"),
        }
    }
}

/// The place by the name that is compared: this machine has one.
fn canonical(place: &Place) -> Place {
    match place {
        Place::Host { host, port } if &**host == "localhost" => {
            Place::Host { host: "127.0.0.1".into(), port: *port }
        }
        place => place.clone(),
    }
}
