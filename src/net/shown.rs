//! A long message while its owner is shown it, so that what is sent on of it need not be copied: it leaves
//! from where it was put together. Who sends it, and to whom, is not known here.

use std::ops::Range;
use std::sync::Arc;

use super::endpoint::Host;
use super::event_loop::EventLoop;
use super::sending::IN_PLACE_BYTES;
use crate::protocol::message::Assembly;
use crate::protocol::pool::Pooled;

/// How many messages that are sent on are watched for.
const MOST_SENT_ON: usize = 16;

/// A message that was put together, while its owner is shown it.
#[derive(Debug)]
pub enum Shown {
    /// One that is copied in any case.
    Alone(Box<Assembly>),
    /// A long one, which whatever is sent in the meantime may be a part of.
    Shared(Arc<Assembly>),
}

impl Shown {
    /// Its bytes.
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Shown::Alone(message) => message.as_slice(),
            Shown::Shared(message) => message.as_slice(),
        }
    }
}

/// A part of a message that has been received, to be sent on.
#[derive(Debug)]
pub(super) struct Part {
    message: Arc<Assembly>,
    place: Range<usize>,
}

impl Part {
    /// The part that `payload` is of the message, if it lies in there and is most of what would be kept for
    /// it.
    pub(super) fn of(message: &Arc<Assembly>, payload: &[u8]) -> Option<Part> {
        let whole = message.as_slice();
        let start = payload.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
        let place = start..start.checked_add(payload.len())?;
        let is_most = payload.len() >= message.occupied_bytes() / 2;
        (place.end <= whole.len() && is_most).then(|| Part { message: Arc::clone(message), place })
    }

    /// Its bytes.
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.message.as_slice().get(self.place.clone()).unwrap_or_default()
    }
}

impl<H: Host> EventLoop<H>
where
    H::Action: Send + 'static,
{
    /// The owner is about to be shown a message; [`EventLoop::put_away`] is to be called when he has seen it.
    pub fn show(&mut self, message: Box<Assembly>) -> Shown {
        if message.as_slice().len() < IN_PLACE_BYTES {
            return Shown::Alone(message);
        }
        let message = Arc::new(*message);
        self.kit.shown = Some(Arc::clone(&message));
        Shown::Shared(message)
    }

    /// The owner has seen the message: its memory is used again, unless parts of it wait to be sent.
    pub fn put_away(&mut self, shown: Shown) {
        self.kit.shown = None;
        match shown {
            Shown::Alone(message) => self.recycle(message),
            Shown::Shared(message) => match Arc::try_unwrap(message) {
                Ok(message) => self.recycle(Box::new(message)),
                Err(message) if self.kit.sent_on.len() < MOST_SENT_ON => {
                    self.kit.sent_on.push(message);
                }
                // It is freed where the last part of it has left.
                Err(_) => {}
            },
        }
    }

    /// Takes back the messages that were sent on and have left.
    pub(super) fn take_back_sent_on(&mut self) {
        let mut at = 0;
        while let Some(message) = self.kit.sent_on.get(at) {
            if Arc::strong_count(message) > 1 {
                at += 1;
            } else if let Some(message) = Arc::into_inner(self.kit.sent_on.swap_remove(at)) {
                self.recycle(Box::new(message));
            }
        }
    }
}
