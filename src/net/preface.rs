//! The PROXY header in front of a connection that has come in through a proxy: it is read before
//! anything else, TLS included. What has come behind it waits for whatever follows.

use super::clients::Client;
use super::endpoint::Host;
use super::event_loop::{EventLoop, Resource};
use super::link::Link;
use super::peer::Reading;
use super::pending::Pending;
use super::socket::Stream;
use super::transfer::Transfer;
use crate::protocol::error::ErrorCode;
use crate::protocol::network_address::NetworkAddress;
use crate::protocol::proxy_header::{ProxyHeader, ProxyHeaderReader};

/// More than any header has.
const READ_BYTES: usize = 4096;

/// A connection whose header has not come whole.
#[derive(Debug)]
pub(super) struct Preface {
    pub(super) stream: Stream,
    reader: ProxyHeaderReader,
    /// Who sends it.
    sender: NetworkAddress,
}

/// What reading has come to.
enum Progress {
    /// More is to come.
    Waits(Reading),
    /// The header is whole; these bytes were read behind it.
    Whole(ProxyHeader, Vec<u8>),
}

impl Preface {
    pub(super) fn new(stream: Stream, sender: NetworkAddress) -> Preface {
        Preface { stream, reader: ProxyHeaderReader::default(), sender }
    }

    /// Reads what there is, up to the end of the header; or why and with which number of the system it
    /// ends.
    fn read(&mut self) -> Result<Progress, (ErrorCode, i32)> {
        let mut buffer = [0; READ_BYTES];
        loop {
            let count = match self.stream.read_raw(&mut buffer) {
                Transfer::Bytes(count) => count,
                Transfer::WouldBlock => return Ok(Progress::Waits(Reading::Drained)),
                Transfer::Retry => return Ok(Progress::Waits(Reading::Later)),
                Transfer::End => return Err((ErrorCode::ConnectionLost, 0)),
                Transfer::Broken(number) => return Err((ErrorCode::ConnectionReset, number)),
                Transfer::Refused(failure) => return Err((failure.error, 0)),
            };
            let whole = self.take(buffer.get(..count).unwrap_or_default())?;
            if let Progress::Whole(..) = whole {
                return Ok(whole);
            }
        }
    }

    /// Takes bytes that have come.
    fn take(&mut self, bytes: &[u8]) -> Result<Progress, (ErrorCode, i32)> {
        let fed = self.reader.feed(bytes).map_err(|error| (error, 0))?;
        let Some(header) = fed.header else {
            return Ok(Progress::Waits(Reading::Drained));
        };
        let behind = bytes.get(fed.consumed..).unwrap_or_default();
        let mut left = Vec::new();
        left.try_reserve_exact(behind.len()).map_err(|_| (ErrorCode::OutOfMemory, 0))?;
        left.extend_from_slice(behind);
        Ok(Progress::Whole(header, left))
    }
}

impl From<Preface> for Pending {
    fn from(preface: Preface) -> Pending {
        Pending::Preface(preface)
    }
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// Awaits the header of a connection, of which these bytes have come already.
    pub(super) fn begin_preface(&mut self, index: u32, preface: Preface, received: &[u8]) {
        if let Some(Resource::Peer(peer)) = self.slots.at_mut(index) {
            peer.link = Link::Pending(Box::new(preface.into()));
        }
        self.advance_preface(index, |preface| preface.take(received));
    }

    /// The turn of a connection whose header is awaited.
    pub(super) fn go_on_preface(&mut self, index: u32) {
        self.advance_preface(index, Preface::read);
    }

    fn advance_preface(
        &mut self,
        index: u32,
        read: impl FnOnce(&mut Preface) -> Result<Progress, (ErrorCode, i32)>,
    ) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let Link::Pending(pending) = &mut peer.link else {
            return;
        };
        let Pending::Preface(preface) = &mut **pending else {
            return;
        };
        match read(preface) {
            Ok(Progress::Waits(reading)) => peer.reading = reading,
            Ok(Progress::Whole(header, left)) => self.header_is_read(index, header, &left),
            // The sender is not told, as what comes behind the header need not be HTTP.
            Err((error, number)) => peer.connection.lost(error, number),
        }
    }

    /// It is known who is there: from here on the connection is like any other, unless it is one too
    /// many.
    fn header_is_read(&mut self, index: u32, header: ProxyHeader, left: &[u8]) {
        let Some(Resource::Peer(peer)) = self.slots.at_mut(index) else {
            return;
        };
        let Link::Pending(pending) = std::mem::replace(&mut peer.link, Link::Down) else {
            return;
        };
        let Pending::Preface(Preface { stream, sender, .. }) = *pending else {
            return;
        };
        let client = header.route.map_or(sender, |route| route.source);
        let is_welcome = self.addresses.admit(index, &peer.endpoint, client.ip());
        self.clients.note(index, Client::told_by(header));
        if is_welcome {
            self.begin_link(index, stream, left);
        } else if peer.endpoint.is_plain() {
            self.link_is_up(index, stream);
            self.tell_full(index);
        } else {
            peer.connection.abort(ErrorCode::HandshakeTooManyConnections);
            self.close_link(Link::Up(stream));
        }
    }
}
