//! The rest of a large frame, which the transport reads straight into the message's buffer.

use crate::protocol::coding::Coding;
use crate::protocol::event::Event;
use crate::protocol::message::Assembly;

use super::receive::Step;
use super::{Connection, Context, Phase};

/// From this size on the rest of a frame is received straight into the message's buffer.
const DIRECT_BYTES: u64 = 64 * 1024;

impl Connection {
    /// Where the transport may read the rest of a large frame directly, if one is under way.
    pub fn direct_room(&mut self) -> Option<&mut [u8]> {
        if !self.is_put_together() {
            return None;
        }
        let message = self.message.as_mut().filter(|message| message.missing() >= DIRECT_BYTES)?;
        // Without memory the ordinary way fails with the error that belongs to it.
        message.room().ok()
    }

    /// Whether a message is put together of which a frame is larger than so many bytes.
    pub fn outgrows(&self, bytes: usize) -> bool {
        let is_larger = |message: &Assembly| message.frame_bytes() > bytes as u64;
        self.message.as_deref().is_some_and(is_larger) && self.is_put_together()
    }

    /// Whether what comes of a message is kept as it is.
    fn is_put_together(&self) -> bool {
        let is_plain = |message: &Assembly| message.coding() == Coding::Plain;
        matches!(self.phase.as_deref(), None | Some(Phase::Closing(_)))
            && !self.settings.reports_chunks
            && self.message.as_deref().is_some_and(is_plain)
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
