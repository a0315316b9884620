//! The way to a peer through a proxy: what is dialled in its place, and what is said to the proxy before
//! anything passes to the peer.
//!
//! What the bytes mean is known in `protocol::proxy`; they are moved here, and nothing else is.

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::peer::{Link, RETRY_MS};
use super::pending::Pending;
use super::socket::{Stream, Transfer};
use crate::protocol::error::ErrorCode;
use crate::protocol::failure::Stage;
use crate::protocol::http::HeadLimits;
use crate::protocol::proxy::choice::Proxies;
use crate::protocol::proxy::url::{Kind, Proxy};
use crate::protocol::proxy::{Received, Refusal, Target, Tunnel};
use crate::protocol::time::Time;
use crate::protocol::url::{Address, Place};

/// What is read of a proxy's answer at once.
const READ_BYTES: usize = 2048;

/// Which proxy is asked for the way, and to what.
#[derive(Debug, Clone)]
pub struct Way {
    place: Place,
    proxy: Proxy,
    target: Target,
}

impl Way {
    /// The way to this address; `None` if it is reached without a proxy.
    ///
    /// # Errors
    ///
    /// `InvalidUrl`: the proxy cannot be told of this host. `Unsupported`: the proxy wants TLS.
    pub fn to(address: &Address, proxies: &Proxies) -> Result<Option<Way>, ErrorCode> {
        let (Some(proxy), Place::Host { host, port }) = (proxies.choose(address), &address.place)
        else {
            return Ok(None);
        };
        if proxy.kind() == Kind::Https {
            return Err(ErrorCode::Unsupported);
        }
        let place = Place::Host { host: proxy.host().into(), port: proxy.port() };
        Ok(Some(Way { place, proxy, target: Target::new(host, *port)? }))
    }

    /// Where the proxy is.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }
}

/// A proxy that is being asked for the way.
#[derive(Debug)]
pub(super) struct Passage {
    stream: Stream,
    tunnel: Tunnel,
    /// When to go on although nothing happens: the system had no memory.
    retry: Option<Time>,
}

/// How far the way is open.
#[derive(Debug)]
pub(super) enum Progress {
    /// The proxy has to say more, or to take more.
    Waiting,
    /// These bytes have come from the peer already.
    Open(Vec<u8>),
}

/// Why the way cannot be had.
#[derive(Debug)]
pub(super) enum Failure {
    /// The proxy says so.
    Refused(Refusal),
    /// The proxy has ended the connection, with this error number if it is broken.
    Lost(ErrorCode, i32),
}

impl Passage {
    /// Over a stream that leads to the proxy; nothing has been said.
    pub(super) fn new(stream: Stream, way: &Way, limits: HeadLimits) -> Passage {
        Passage { stream, tunnel: Tunnel::new(&way.proxy, &way.target, limits), retry: None }
    }

    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    pub(super) fn stream_mut(&mut self) -> &mut Stream {
        &mut self.stream
    }

    pub(super) fn into_stream(self) -> Stream {
        self.stream
    }

    /// When to go on although nothing happens.
    pub(super) fn retry(&self) -> Option<Time> {
        self.retry
    }

    /// Writes what there is to say, and reads what has come, until there is no more of either.
    ///
    /// As a proxy can say no more than a head and a few interim ones, this has an end.
    pub(super) fn go_on(&mut self, now: Time) -> Result<Progress, Failure> {
        self.retry = None;
        let mut buffer = [0; READ_BYTES];
        loop {
            self.write(now)?;
            let bytes = match self.stream.read_raw(&mut buffer) {
                Transfer::Bytes(count) => buffer.get(..count).unwrap_or_default(),
                transfer => return self.stopped(transfer, now),
            };
            match self.tunnel.receive(bytes) {
                Ok(Received::NeedMore) => {}
                Ok(Received::Open { consumed }) => {
                    return Ok(Progress::Open(bytes.get(consumed..).unwrap_or_default().into()));
                }
                Err(refusal) => return Err(Failure::Refused(refusal)),
            }
        }
    }

    fn write(&mut self, now: Time) -> Result<(), Failure> {
        while !self.tunnel.output().is_empty() {
            match self.stream.write(self.tunnel.output()) {
                Transfer::Bytes(count) => self.tunnel.advance(count),
                // A proxy that refuses need not have read all: what it says counts.
                Transfer::Broken(libc::EPIPE) => return Ok(()),
                transfer => return self.stopped(transfer, now).map(|_| ()),
            }
        }
        Ok(())
    }

    /// What follows from a transfer that moved nothing.
    fn stopped(&mut self, transfer: Transfer, now: Time) -> Result<Progress, Failure> {
        match transfer {
            Transfer::Bytes(_) | Transfer::WouldBlock => Ok(Progress::Waiting),
            Transfer::Retry => {
                self.retry = Some(now.after_ms(RETRY_MS));
                Ok(Progress::Waiting)
            }
            Transfer::End => Err(Failure::Lost(ErrorCode::ConnectionLost, 0)),
            Transfer::Broken(number) => Err(Failure::Lost(ErrorCode::ConnectionReset, number)),
            Transfer::Refused(failure) => Err(Failure::Lost(failure.error, 0)),
        }
    }
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// The stream is connected, to the peer or to a proxy on the way to it.
    pub(super) fn connected(&mut self, index: u32, stream: Stream) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let options = &peer.endpoint.options;
        let Some(way) = &options.way else {
            return self.begin_link(index, stream, &[]);
        };
        let passage = Passage::new(stream, way, options.settings.limits.head);
        peer.link = Link::Pending(Box::new(Pending::Proxied(Box::new(passage))));
        peer.connection.transport_reached(Stage::Proxy);
        self.go_on_through_proxy(index);
    }

    /// Asks the proxy for the way, as far as it listens and answers.
    pub(super) fn go_on_through_proxy(&mut self, index: u32) {
        let now = self.kit.now;
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let Link::Pending(pending) = &mut peer.link else {
            return;
        };
        let Pending::Proxied(passage) = &mut **pending else {
            return;
        };
        match passage.go_on(now) {
            Ok(Progress::Waiting) => {}
            Ok(Progress::Open(received)) => self.leave_proxy(index, &received),
            Err(Failure::Refused(refusal)) => peer.connection.refused_by_proxy(refusal),
            Err(Failure::Lost(error, number)) => peer.connection.lost(error, number),
        }
    }

    /// The proxy has opened the way, and these bytes have come over it.
    fn leave_proxy(&mut self, index: u32, received: &[u8]) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let Link::Pending(pending) = std::mem::replace(&mut peer.link, Link::Down) else {
            return;
        };
        let Pending::Proxied(passage) = *pending else {
            return;
        };
        self.begin_link(index, passage.into_stream(), received);
    }
}
