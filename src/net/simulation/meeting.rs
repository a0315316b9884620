//! How ends of a simulated network find each other: who listens where, and who is refused.
//!
//! Nothing passes between them here.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::net::Ipv4Addr;

use super::address::{Address, canonical};
use super::line::Line;
use super::network::{End, FIRST_FREE_PORT, Network, News, Number, Readiness, Route, Stage};
use crate::protocol::time::Time;
use crate::protocol::url::Place;

/// A listener.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) slot: Option<u32>,
    place: Place,
    waiting: VecDeque<Number>,
}

impl Network {
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

    /// A port at which nobody listens, unless there is none.
    fn free_port(&mut self) -> u16 {
        let taken: BTreeSet<u16> = self.doors.values().filter_map(Door::port).collect();
        for _ in FIRST_FREE_PORT..u16::MAX {
            let port = self.next_port;
            self.next_port = port.checked_add(1).unwrap_or(FIRST_FREE_PORT);
            if !taken.contains(&port) {
                return port;
            }
        }
        self.next_port
    }

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
        if let Some(route) = self.route_to(&place) {
            let number = self.new_end(Stage::Unanswered, Address::of(&place));
            self.calls.insert(number, (place, route.error));
            self.tell_after(route.delay_ms, News::Answer(number));
            return Ok(number);
        }
        let door = self.door_for(&place).ok_or(libc::ECONNREFUSED)?;
        let dialling = self.new_end(Stage::Unanswered, Address::of(&place));
        self.enter(dialling, &place, door);
        Ok(dialling)
    }

    fn route_to(&self, place: &Place) -> Option<Route> {
        match place {
            Place::Host { host, .. } => {
                host.parse().ok().and_then(|ip| self.routes.get(&ip)).copied()
            }
            Place::Path(_) => None,
        }
    }

    /// Who listens there.
    fn door_for(&self, place: &Place) -> Option<u32> {
        let listening = |(_, door): &(&u32, &Door)| door.takes(place);
        let any = |(_, door): &(&u32, &Door)| door.takes_any_host(place);
        let found = self.doors.iter().find(listening).or_else(|| self.doors.iter().find(any));
        found.map(|(number, _)| *number)
    }

    /// Whoever an end calls answers now, if anybody does.
    pub(super) fn answer(&mut self, number: Number, now: Time) {
        let Some((place, error)) = self.calls.remove(&number) else {
            return;
        };
        let error = match self.door_for(&place) {
            Some(door) if error == 0 => return self.enter(number, &place, door),
            None if error == 0 => libc::ECONNREFUSED,
            _ => error,
        };
        if let Some(end) = self.ends.get_mut(&number) {
            end.line.break_with(error, now);
        }
    }

    /// Connects an end to a listener.
    fn enter(&mut self, dialling: Number, place: &Place, door: u32) {
        self.join(dialling, Address::of(place));
        if let Some(door) = self.doors.get_mut(&door) {
            door.waiting.push_back(dialling.peer());
        }
        self.tell_now(News::Door(door));
    }

    /// Two ends that are connected to each other: the dialling one first.
    pub(super) fn pair(&mut self) -> (Number, Number) {
        let port = self.free_port();
        let served_at = Address::Ip((Ipv4Addr::LOCALHOST, port).into());
        let dialling = self.new_end(Stage::Unanswered, served_at.clone());
        self.join(dialling, served_at);
        (dialling, dialling.peer())
    }

    /// Gives an end the other one.
    fn join(&mut self, dialling: Number, served_at: Address) {
        let port = self.free_port();
        let from = match &served_at {
            Address::Ip(_) => Address::Ip((Ipv4Addr::LOCALHOST, port).into()),
            Address::Path(_) => Address::Path("".into()),
        };
        if let Some(end) = self.ends.get_mut(&dialling) {
            end.stage = Stage::Connected;
            end.address = from;
        }
        let line = Line::new(self.travel);
        let stage = Stage::Connected;
        let accepted = End { slot: None, stage, line, address: served_at, waits_for_room: false };
        self.ends.insert(dialling.peer(), accepted);
    }

    /// An end with an even number, as the first one of two has.
    fn new_end(&mut self, stage: Stage, address: Address) -> Number {
        let number = Number(self.next_end);
        self.next_end += 2;
        let line = Line::new(self.travel);
        self.ends.insert(number, End { slot: None, stage, line, address, waits_for_room: false });
        number
    }
}

impl Door {
    pub(super) fn readiness(&self) -> Option<Readiness> {
        let slot = self.slot?;
        let readable = !self.waiting.is_empty();
        readable.then_some(Readiness { slot, readable, ends: false, writable: false })
    }

    /// The port, or `None` for a path.
    pub(super) fn port(&self) -> Option<u16> {
        match self.place {
            Place::Host { port, .. } => Some(port),
            Place::Path(_) => None,
        }
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
