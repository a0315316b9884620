//! What a connection goes over before that is up: the stages between nothing and a stream that
//! carries the protocol, of both roles.
//!
//! What is done in a stage, and which one follows, is in `establish`.

use std::io;

use mio::Registry;

use super::dial::Race;
use super::preface::Preface;
use super::socket::Stream;
use super::tls::stream::TlsStream;
use super::way::Passage;
use crate::protocol::failure::Stage;
use crate::protocol::time::Time;

/// A link that is not up yet.
#[derive(Debug)]
pub(super) enum Pending {
    /// The name is being looked up.
    Resolving {
        /// The name: the answer to an earlier question may come in between.
        host: Box<str>,
        /// The port behind which the addresses are wanted.
        port: u16,
    },
    /// Addresses are being tried.
    Connecting(Race),
    /// A server's: who the client is has to be told first.
    Preface(Preface),
    /// Both sides agree on keys.
    Securing(Box<TlsStream>),
    /// A proxy is asked for the way.
    Proxied(Box<Passage>),
    /// It is made later: it comes back after an end.
    Waiting {
        /// When.
        until: Time,
    },
    /// No address could be reached; the number of the last error.
    Failed(i32),
}

impl Pending {
    /// A stream that somebody else has connected.
    pub(super) fn of(stream: Stream) -> Pending {
        Pending::Connecting(Race::of(stream))
    }

    /// When the stage needs attention although nothing happens.
    pub(super) fn deadline(&self) -> Option<Time> {
        match self {
            Pending::Connecting(race) => race.deadline(),
            Pending::Proxied(passage) => passage.retry(),
            Pending::Waiting { until } => Some(*until),
            _ => None,
        }
    }

    /// What the connection is doing.
    pub(super) fn stage(&self) -> Stage {
        match self {
            Pending::Resolving { .. } => Stage::Resolve,
            Pending::Connecting(_) | Pending::Failed(_) => Stage::Connect,
            Pending::Preface(_) => Stage::Handshake,
            Pending::Securing(_) => Stage::Tls,
            Pending::Proxied(_) => Stage::Proxy,
            Pending::Waiting { .. } => Stage::Waiting,
        }
    }

    /// Bytes of memory that TLS holds of what cannot be used yet, or has not left.
    pub(super) fn pinned_bytes(&self) -> usize {
        match self {
            Pending::Securing(stream) => stream.pinned_bytes() + stream.socket().pinned_bytes(),
            other => other.stream().map_or(0, Stream::pinned_bytes),
        }
    }

    /// The stream, where there is one; the first of several.
    pub(super) fn stream(&self) -> Option<&Stream> {
        match self {
            Pending::Connecting(race) => race.stream(),
            Pending::Preface(preface) => Some(&preface.stream),
            Pending::Securing(stream) => Some(stream.socket()),
            Pending::Proxied(passage) => Some(passage.stream()),
            Pending::Resolving { .. } | Pending::Waiting { .. } | Pending::Failed(_) => None,
        }
    }

    /// Ends what the loop is told of its streams.
    pub(super) fn deregister(&mut self, registry: &Registry) {
        match self {
            Pending::Connecting(race) => race.stop(registry),
            Pending::Preface(preface) => preface.stream.deregister(registry),
            Pending::Securing(stream) => stream.socket_mut().deregister(registry),
            Pending::Proxied(passage) => passage.stream_mut().deregister(registry),
            Pending::Resolving { .. } | Pending::Waiting { .. } | Pending::Failed(_) => {}
        }
    }
}

impl From<io::Result<Stream>> for Pending {
    /// An attempt that has begun, or that could not.
    fn from(attempt: io::Result<Stream>) -> Pending {
        match attempt {
            Ok(stream) => Pending::of(stream),
            Err(error) => Pending::Failed(error.raw_os_error().unwrap_or(libc::EIO)),
        }
    }
}
