//! The rest of a large frame, which the transport reads straight into the message's buffer.

use crate::protocol::coding::Coding;
use crate::protocol::event::Event;

use super::receive::Step;
use super::{Connection, Context, Phase};

/// From this size on the rest of a frame is received straight into the message's buffer.
const DIRECT_BYTES: u64 = 64 * 1024;

impl Connection {
    /// Where the transport may read the rest of a large frame directly, if one is under way.
    pub fn direct_room(&mut self) -> Option<&mut [u8]> {
        let is_receiving = matches!(self.phase, Phase::Open | Phase::Closing(_));
        if !is_receiving || self.settings.reports_chunks {
            return None;
        }
        let message = self.message.as_mut()?;
        if message.missing() < DIRECT_BYTES || message.coding() != Coding::Plain {
            return None;
        }
        // Without memory the ordinary way fails with the error that belongs to it.
        message.room().ok()
    }

    /// The transport has read `count` bytes into the direct room.
    pub fn direct_received<'b>(&mut self, count: usize, cx: &mut Context<'_>) -> Option<Event<'b>> {
        self.liveness.note_received(cx.now);
        let message = self.message.as_mut()?;
        let start = self.trace.end().wrapping_sub(message.frame_bytes());
        let step = match message.commit(count) {
            Ok(()) if message.is_complete() => self.finish_message(cx),
            Ok(()) => return None,
            Err(error) => Err(error),
        };
        match step {
            Ok(Step::Report(event)) => Some(event),
            Ok(_) => None,
            Err(error) => self.fail_frame(error, start, &[], cx),
        }
    }
}
