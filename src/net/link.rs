//! What a connection goes over: nothing yet, a stream, or nothing any more.
//!
//! What is done on the way up is in `establish`, what passes over it afterwards in `turn`.

use mio::Registry;

use super::pending::Pending;
use super::socket::Stream;
use crate::protocol::time::Time;

/// What the connection goes over.
#[derive(Debug)]
pub(super) enum Link {
    /// Not up yet.
    Pending(Box<Pending>),
    /// What is received and sent goes over it.
    Up(Stream),
    /// Given up; nothing can be read or written any more.
    Down,
}

impl Link {
    /// Ends what the loop is told of its streams.
    pub(super) fn deregister(&mut self, registry: &Registry) {
        match self {
            Link::Up(stream) => stream.deregister(registry),
            Link::Pending(pending) => pending.deregister(registry),
            Link::Down => {}
        }
    }

    /// Bytes of memory that TLS holds of what cannot be used yet, or has not left.
    #[inline]
    pub(super) fn pinned_bytes(&self) -> usize {
        match self {
            Link::Up(stream) => stream.pinned_bytes(),
            Link::Pending(pending) => pending.pinned_bytes(),
            Link::Down => 0,
        }
    }

    /// Whether a proxy is being asked for the way.
    pub(super) fn is_asking_proxy(&self) -> bool {
        matches!(self, Link::Pending(pending) if matches!(**pending, Pending::Proxied(_)))
    }

    /// Whether both sides are agreeing on keys.
    pub(super) fn is_securing(&self) -> bool {
        matches!(self, Link::Pending(pending) if matches!(**pending, Pending::Securing(_)))
    }

    /// Until when the connection is not made at all.
    pub(super) fn waits_until(&self) -> Option<Time> {
        match self {
            Link::Pending(pending) => match **pending {
                Pending::Waiting { until } => Some(until),
                _ => None,
            },
            Link::Up(_) | Link::Down => None,
        }
    }

    /// Whether this is the name that is being looked up.
    pub(super) fn is_resolving_name(&self, name: &str, of_port: u16) -> bool {
        let Link::Pending(pending) = self else {
            return false;
        };
        matches!(&**pending, Pending::Resolving { host, port } if **host == *name && *port == of_port)
    }

    /// Whether the name is being looked up.
    pub(super) fn is_resolving(&self) -> bool {
        matches!(self, Link::Pending(pending) if matches!(**pending, Pending::Resolving { .. }))
    }
}
