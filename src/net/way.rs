//! The way to a peer through a proxy: what is dialled in its place, and what is said to the proxy before
//! anything passes to the peer.
//!
//! What the bytes mean is known in `protocol::proxy`; they are moved here, and nothing else is.

use std::rc::Rc;

use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::link::Link;
use super::peer::{Peer, RETRY_MS};
use super::pending::Pending;
use super::socket::Stream;
use super::tls::stream::Shaken;
use super::tls::{ClientTls, TlsFailure, TlsOptions};
use super::transfer::Transfer;
use super::veil::{Veil, VeilRoom};
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
    /// What the stream to the proxy goes through.
    tls: Option<ClientTls>,
}

impl Way {
    /// The way to this address; `None` if it is reached without a proxy. `tls` is for a proxy that is
    /// spoken to through TLS.
    ///
    /// # Errors
    ///
    /// `InvalidUrl`: the proxy cannot be told of this host. Those of [`TlsOptions::client`]; `Unsupported`
    /// for such a proxy in a build without TLS.
    pub fn to(
        address: &Address,
        proxies: &Proxies,
        tls: &TlsOptions,
    ) -> Result<Option<Way>, ErrorCode> {
        let (Some(proxy), Place::Host { host, port }) = (proxies.choose(address), &address.place)
        else {
            return Ok(None);
        };
        let tls = match proxy.kind() {
            Kind::Https => {
                let tls = tls.client()?;
                tls.check_host(proxy.host())?;
                Some(tls)
            }
            Kind::Http | Kind::Socks5 => None,
        };
        let place = Place::Host { host: proxy.host().into(), port: proxy.port() };
        Ok(Some(Way { place, proxy, target: Target::new(host, *port)?, tls }))
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
    /// Whether the stream goes through all that it is to go through.
    is_safe: bool,
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
    /// TLS to the proxy does not come about.
    Insecure(TlsFailure),
}

impl Passage {
    /// Over a stream that leads to the proxy; nothing has been said.
    ///
    /// # Errors
    ///
    /// `InvalidUrl`: a proxy that no certificate can name.
    fn new(
        stream: Stream,
        way: &Way,
        limits: HeadLimits,
        room: &VeilRoom,
    ) -> Result<Passage, ErrorCode> {
        let stream = match &way.tls {
            Some(tls) => {
                let session = tls.session(way.proxy.host())?;
                Stream::Veiled(Box::new(Veil::new(stream, session, room)))
            }
            None => stream,
        };
        let tunnel = Tunnel::new(&way.proxy, &way.target, limits);
        Ok(Passage { stream, tunnel, is_safe: way.tls.is_none(), retry: None })
    }

    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    pub(super) fn stream_mut(&mut self) -> &mut Stream {
        &mut self.stream
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
        if !self.secure(now)? {
            return Ok(Progress::Waiting);
        }
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

    /// Goes on with the handshake of TLS to the proxy; whether it has ended, or there is none.
    fn secure(&mut self, now: Time) -> Result<bool, Failure> {
        if let Stream::Veiled(veil) = &mut self.stream
            && !self.is_safe
        {
            match veil.shake_hands() {
                Shaken::Done => self.is_safe = true,
                Shaken::Waiting => {}
                Shaken::Later => self.retry = Some(now.after_ms(RETRY_MS)),
                Shaken::Ended => return Err(Failure::Lost(ErrorCode::ConnectionLost, 0)),
                Shaken::Broken(number) => {
                    return Err(Failure::Lost(ErrorCode::ConnectionReset, number));
                }
                Shaken::Failed(failure) => return Err(Failure::Insecure(failure)),
            }
        }
        Ok(self.is_safe)
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
            Transfer::Refused(failure) => Err(Failure::Insecure(failure)),
        }
    }
}

impl<C> Peer<C> {
    /// Takes the stream over which a proxy was asked.
    fn take_passage(&mut self) -> Option<Stream> {
        match std::mem::replace(&mut self.link, Link::Down) {
            Link::Pending(pending) => match *pending {
                Pending::Proxied(passage) => Some(passage.stream),
                _ => None,
            },
            _ => None,
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
        let endpoint = Rc::clone(&peer.endpoint);
        let way = endpoint.way.borrow();
        let Some(way) = way.as_ref() else {
            return self.begin_link(index, stream, &[]);
        };
        peer.connection.transport_reached(Stage::Proxy, self.kit.now);
        let head = endpoint.options.settings.limits.head;
        match Passage::new(stream, way, head, &self.kit.veils) {
            Ok(passage) => {
                peer.link = Link::Pending(Box::new(Pending::Proxied(Box::new(passage))));
                self.go_on_through_proxy(index);
            }
            Err(error) => peer.connection.lost(error, 0),
        }
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
            Err(Failure::Insecure(failure)) => {
                // It is up as far as the alert needs it, which the proxy has time to read.
                peer.link = peer.take_passage().map_or(Link::Down, Link::Up);
                peer.connection.transport_failed(failure.error, failure.alert);
            }
        }
    }

    /// The proxy has opened the way, and these bytes have come over it.
    fn leave_proxy(&mut self, index: u32, received: &[u8]) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        if let Some(stream) = peer.take_passage() {
            self.begin_link(index, stream, received);
        }
    }
}
