//! Dialling: the addresses of a name raced against each other (RFC 8305), all within the deadline of
//! the handshake.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};

use mio::{Registry, Token};
use socket2::Socket;

use super::simulation::Simulation;
use super::socket::Stream;
use super::tcp_options::TcpOptions;
use crate::protocol::time::Time;

/// So many addresses of one name are tried at most.
const MAX_ADDRESSES: usize = 16;

/// How long an attempt is alone unless told otherwise, in milliseconds (RFC 8305 section 5).
const ATTEMPT_DELAY_MS: u32 = 250;

/// How a client finds its way to an address.
#[derive(Debug, Clone)]
pub struct Dialling {
    /// How long an attempt is alone before the next address is tried too, in milliseconds; 0 tries
    /// one after another.
    pub attempt_delay_ms: u32,
    /// What is dialled instead of the addresses of the name.
    pub addresses: Vec<IpAddr>,
    /// The address that connections come from, of this machine.
    pub bind_address: Option<IpAddr>,
    /// The network interface over which they go.
    pub interface: Option<Box<str>>,
}

impl Default for Dialling {
    fn default() -> Dialling {
        Dialling {
            attempt_delay_ms: ATTEMPT_DELAY_MS,
            addresses: Vec::new(),
            bind_address: None,
            interface: None,
        }
    }
}

impl Dialling {
    /// Whether the system can bind sockets to network interfaces by name.
    pub const HAS_INTERFACES: bool = cfg!(any(target_os = "linux", target_os = "android"));

    /// Whether the address can be reached from where connections are to come from.
    fn suits(&self, address: SocketAddr) -> bool {
        self.bind_address.is_none_or(|from| from.is_ipv6() == address.is_ipv6())
    }

    /// Has a socket connect from where connections are to come from.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub(super) fn bind(&self, socket: &Socket) -> io::Result<()> {
        if let Some(name) = &self.interface {
            bind_to_interface(socket, name)?;
        }
        match self.bind_address {
            Some(address) => socket.bind(&SocketAddr::new(address, 0).into()),
            None => Ok(()),
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn bind_to_interface(socket: &Socket, name: &str) -> io::Result<()> {
    socket.bind_device(Some(name.as_bytes()))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn bind_to_interface(_: &Socket, _: &str) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Attempts to reach one of several addresses; the first that comes about is the connection's.
#[derive(Debug)]
pub(super) struct Race {
    /// The attempts under way, the oldest first.
    running: Vec<Stream>,
    /// What else can be tried.
    rest: VecDeque<SocketAddr>,
    /// When the next address is tried although no attempt has failed.
    next: Option<Time>,
    /// The number of the last error.
    error: i32,
}

/// What attempts are made with.
pub(super) struct Dialler<'l> {
    pub(super) registry: &'l Registry,
    pub(super) token: Token,
    pub(super) simulation: Option<&'l Simulation>,
    pub(super) dialling: &'l Dialling,
    pub(super) tcp: &'l TcpOptions,
    pub(super) now: Time,
    /// When all of it is given up.
    pub(super) deadline: Option<Time>,
}

impl Race {
    /// A stream that somebody else has connected, or the only one there is.
    pub(super) fn of(stream: Stream) -> Race {
        Race { running: vec![stream], rest: VecDeque::new(), next: None, error: libc::EIO }
    }

    /// All these addresses, in the order of preference of whoever has found them.
    pub(super) fn among(addresses: &[SocketAddr]) -> Race {
        let rest = interleaved(addresses);
        let next = Some(Time::default());
        Race { running: Vec::new(), rest, next, error: libc::EADDRNOTAVAIL }
    }

    /// When the next address is due.
    pub(super) fn deadline(&self) -> Option<Time> {
        self.next
    }

    /// The oldest attempt under way.
    pub(super) fn stream(&self) -> Option<&Stream> {
        self.running.first()
    }

    /// Has the loop told of the streams that the race begins with, and tries the first address.
    ///
    /// # Errors
    ///
    /// The last error number, if nothing is under way.
    pub(super) fn begin(&mut self, dialler: &Dialler<'_>) -> Result<(), i32> {
        for stream in &mut self.running {
            stream.register(dialler.registry, dialler.token).map_err(|error| number_of(&error))?;
        }
        self.try_next(dialler)
    }

    /// Looks how the attempts came out; the one that is connected, if one is.
    pub(super) fn winner(&mut self, dialler: &Dialler<'_>) -> Option<Stream> {
        let mut winner = None;
        for mut stream in std::mem::take(&mut self.running) {
            match stream.connected() {
                Some(Ok(())) if winner.is_none() => winner = Some(stream),
                None => self.running.push(stream),
                outcome => {
                    if let Some(Err(error)) = outcome {
                        self.error = number_of(&error);
                    }
                    stream.deregister(dialler.registry);
                    self.next = Some(dialler.now);
                }
            }
        }
        winner
    }

    /// Tries the next address if it is due, and further ones as long as they fail at once.
    ///
    /// # Errors
    ///
    /// The last error number, if nothing is under way any more.
    pub(super) fn try_next(&mut self, dialler: &Dialler<'_>) -> Result<(), i32> {
        while self.next.is_some_and(|at| dialler.now >= at) {
            if dialler.dialling.attempt_delay_ms == 0 && !self.running.is_empty() {
                self.error = libc::ETIMEDOUT;
                self.stop(dialler.registry);
            }
            let Some(address) = self.rest.pop_front() else {
                self.next = None;
                break;
            };
            if !dialler.dialling.suits(address) {
                continue;
            }
            match dialler.open(address) {
                Ok(stream) => {
                    self.running.push(stream);
                    self.next = dialler.next_after(self.rest.len());
                }
                Err(error) => self.error = number_of(&error),
            }
        }
        if self.running.is_empty() { Err(self.error) } else { Ok(()) }
    }

    /// Ends all attempts that are under way.
    pub(super) fn stop(&mut self, registry: &Registry) {
        for mut stream in self.running.drain(..) {
            stream.deregister(registry);
        }
    }
}

impl Dialler<'_> {
    /// Begins to connect.
    fn open(&self, address: SocketAddr) -> io::Result<Stream> {
        let mut stream = match self.simulation {
            None => Stream::connect_tcp(address, self.dialling, self.tcp)?,
            Some(simulation) => simulation.dial_address(address)?,
        };
        stream.register(self.registry, self.token)?;
        Ok(stream)
    }

    /// When the next of so many other addresses is due.
    fn next_after(&self, others: usize) -> Option<Time> {
        match self.dialling.attempt_delay_ms {
            _ if others == 0 => None,
            0 => share(self.now, self.deadline?, others),
            ms => Some(self.now.after_ms(ms)),
        }
    }
}

/// The families by turns, beginning with that of the first address (RFC 8305 section 4).
fn interleaved(addresses: &[SocketAddr]) -> VecDeque<SocketAddr> {
    let is_first = |address: &&SocketAddr| {
        addresses.first().is_some_and(|first| first.is_ipv6() == address.is_ipv6())
    };
    let mut first = addresses.iter().filter(is_first);
    let mut other = addresses.iter().filter(|address| !is_first(address));
    let mut order = VecDeque::new();
    loop {
        let pair = [first.next(), other.next()];
        if pair == [None, None] {
            break;
        }
        order.extend(pair.into_iter().flatten());
    }
    order.truncate(MAX_ADDRESSES);
    order
}

/// The moment up to which one of `others + 1` addresses may be tried alone.
fn share(now: Time, deadline: Time, others: usize) -> Option<Time> {
    let left_ms = deadline.micros_since(now) / 1000;
    let ms = left_ms / (others as u64 + 1);
    Some(now.after_ms(u32::try_from(ms).unwrap_or(u32::MAX)))
}

fn number_of(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::EIO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d14_an_address_gets_its_share_of_the_time() {
        let at = |ms: u64| Time::from_micros(ms * 1000);
        assert_eq!(share(at(100), at(1100), 1), Some(at(600)));
        assert_eq!(share(at(600), at(1100), 1), Some(at(850)));
        assert_eq!(share(at(1200), at(1100), 3), Some(at(1200)));
    }

    #[test]
    fn d14_the_families_take_turns() {
        // 4 and 6 stand for the family, the other character for the address.
        let cases = [
            ("", ""),
            ("6a", "6a"),
            ("4a 4b", "4a 4b"),
            ("6a 6b 4a 4b", "6a 4a 6b 4b"),
            ("4a 6a 6b 6c", "4a 6a 6b 6c"),
            ("4a 4b 4c 6a", "4a 6a 4b 4c"),
            ("6a 4a 6b", "6a 4a 6b"),
        ];
        let parse = |text: &str| {
            let address = |word: &str| match word.as_bytes() {
                [b'4', last] => SocketAddr::from(([192, 0, 2, *last], 80)),
                [_, last] => SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, (*last).into()], 80)),
                _ => panic!("{word}"),
            };
            text.split_whitespace().map(address).collect::<Vec<_>>()
        };
        for (found, order) in cases {
            assert_eq!(interleaved(&parse(found)), parse(order), "{found}");
        }
    }

    #[test]
    fn d14_only_so_many_addresses_are_tried() {
        let all: Vec<_> = (0..100).map(|last| SocketAddr::from(([192, 0, 2, last], 80))).collect();
        assert_eq!(Vec::from(interleaved(&all)), all[..16]);
    }
}
