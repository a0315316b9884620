//! What a connection goes over before that is up: the stages between nothing and a stream that
//! carries the protocol, of both roles.
//!
//! What is done in a stage, and which one follows, is in `establish`.

use super::dial::Attempt;
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
    Resolving,
    /// An address is being tried.
    Connecting(Attempt),
    /// A server's: who the client is has to be told first.
    Preface(Preface),
    /// Both sides agree on keys.
    Securing(Box<TlsStream>),
    /// A proxy is asked for the way.
    Proxied(Box<Passage>),
    /// No address could be reached; the number of the last error.
    Failed(i32),
}

impl Pending {
    /// A stream that somebody else has connected.
    pub(super) fn of(stream: Stream) -> Pending {
        Pending::Connecting(Attempt::of(stream))
    }

    /// When the stage is given up for another way.
    pub(super) fn deadline(&self) -> Option<Time> {
        match self {
            Pending::Connecting(attempt) => attempt.until,
            Pending::Proxied(passage) => passage.retry(),
            _ => None,
        }
    }

    /// What the connection is doing.
    pub(super) fn stage(&self) -> Stage {
        match self {
            Pending::Resolving => Stage::Resolve,
            Pending::Connecting(_) | Pending::Failed(_) => Stage::Connect,
            Pending::Preface(_) => Stage::Handshake,
            Pending::Securing(_) => Stage::Tls,
            Pending::Proxied(_) => Stage::Proxy,
        }
    }

    /// The stream, where there is one.
    pub(super) fn stream(&self) -> Option<&Stream> {
        match self {
            Pending::Connecting(attempt) => Some(&attempt.stream),
            Pending::Preface(preface) => Some(&preface.stream),
            Pending::Securing(stream) => Some(stream.socket()),
            Pending::Proxied(passage) => Some(passage.stream()),
            Pending::Resolving | Pending::Failed(_) => None,
        }
    }

    /// The stream, where there is one.
    pub(super) fn stream_mut(&mut self) -> Option<&mut Stream> {
        match self {
            Pending::Connecting(attempt) => Some(&mut attempt.stream),
            Pending::Preface(preface) => Some(&mut preface.stream),
            Pending::Securing(stream) => Some(stream.socket_mut()),
            Pending::Proxied(passage) => Some(passage.stream_mut()),
            Pending::Resolving | Pending::Failed(_) => None,
        }
    }
}

impl From<Result<Attempt, i32>> for Pending {
    fn from(attempt: Result<Attempt, i32>) -> Pending {
        attempt.map_or_else(Pending::Failed, Pending::Connecting)
    }
}
