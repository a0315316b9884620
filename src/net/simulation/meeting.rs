//! How ends of a simulated network find each other: who listens where, and who is refused.
//!
//! Nothing passes between them here.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::net::Ipv4Addr;

use super::address::{Address, canonical};
use super::line::Line;
use super::network::{End, FIRST_FREE_PORT, Network, News, Number, Readiness, Stage};
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
