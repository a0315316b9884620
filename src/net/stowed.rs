//! What stands between the copied bytes of an output: a payload that is lent, a frame or a part of a received
//! message that is shared, or somebody who wants to be told when all before it has been written.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::parcel::{Delivery, Parcel};
use super::shown::Part;
use super::slots::Id;
use crate::protocol::connection::SharedFrame;
use crate::protocol::error::ErrorCode;
use crate::protocol::output::Output;

/// What it is.
#[derive(Debug)]
pub(super) enum Cargo {
    /// Goes back to the owner, for this connection.
    Parcel(Id, Box<dyn Parcel>),
    /// Is dropped once it has been written.
    Frame(Arc<SharedFrame>),
    /// The same, a payload.
    Part(Part),
}

/// One such thing, and where in the output it stands.
#[derive(Debug)]
pub(super) struct Stowed {
    /// So much copied output comes before it.
    pub(super) at: u64,
    /// Bytes of it that have not been written; 0 where they were copied.
    pub(super) left: usize,
    cargo: Cargo,
}

impl Stowed {
    pub(super) fn new(at: u64, left: usize, cargo: Cargo) -> Stowed {
        Stowed { at, left, cargo }
    }

    /// Its bytes that have not been written.
    #[inline]
    pub(super) fn unsent(&self) -> &[u8] {
        let bytes = match &self.cargo {
            Cargo::Parcel(_, parcel) => parcel.payload(),
            Cargo::Frame(frame) => frame.as_bytes(),
            Cargo::Part(part) => part.as_bytes(),
        };
        bytes.get(bytes.len().saturating_sub(self.left)..).unwrap_or_default()
    }

    /// The frame that it is, if nothing of that has been written.
    #[inline]
    pub(super) fn whole_frame(&self) -> Option<&Arc<SharedFrame>> {
        match &self.cargo {
            Cargo::Frame(frame) if frame.as_bytes().len() == self.left => Some(frame),
            _ => None,
        }
    }

    /// Whether somebody gets it back.
    pub(super) fn is_parcel(&self) -> bool {
        matches!(self.cargo, Cargo::Parcel(..))
    }

    /// Whether its bytes are somebody else's.
    pub(super) fn is_lent(&self) -> bool {
        self.is_parcel() && self.left > 0
    }

    /// What goes back to the owner, if anything does.
    pub(super) fn deliver(self, result: Result<(), ErrorCode>) -> Option<Delivery> {
        match self.cargo {
            Cargo::Parcel(id, parcel) => Some(Delivery { id, parcel, result }),
            Cargo::Frame(_) | Cargo::Part(_) => None,
        }
    }
}

/// Hands over all that waits, in order, in pieces that are not empty, until `take` has enough.
#[inline]
pub(super) fn walk<'q, B>(
    output: &'q Output,
    stowed: &'q VecDeque<Stowed>,
    mut take: impl FnMut(&'q [u8]) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let mut position = output.position();
    let mut rest = output.unsent();
    for stowed in stowed {
        if stowed.at != position {
            let (before, after) = split(rest, stowed.at - position);
            (position, rest) = (stowed.at, after);
            take(before)?;
        }
        match stowed.unsent() {
            [] => {}
            bytes => take(bytes)?,
        }
    }
    if rest.is_empty() { ControlFlow::Continue(()) } else { take(rest) }
}

/// The first `count` bytes and the rest.
fn split(bytes: &[u8], count: u64) -> (&[u8], &[u8]) {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    bytes.split_at_checked(count).unwrap_or((bytes, &[]))
}
