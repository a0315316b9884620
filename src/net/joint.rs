//! What several connections have to send alike, put together once for all of them: the system takes one piece
//! in less time than many.

use std::collections::VecDeque;
use std::sync::Arc;

use super::stowed::Stowed;
use crate::protocol::connection::SharedFrame;

/// The most that is put together, in bytes.
pub(super) const MOST_BYTES: usize = 64 * 1024;

/// Other queues that are met in a row before the one that is remembered is given up.
const MANY_MISSES: u8 = 2;

/// A queue of frames that a connection had, and its bytes once another one has it too.
#[derive(Debug, Default)]
pub(super) struct Joint {
    frames: Vec<Arc<SharedFrame>>,
    bytes: Vec<u8>,
    misses: u8,
    /// A place for the pieces of one queue alone.
    scratch: Vec<u8>,
}

impl Joint {
    /// The bytes of a queue of whole frames in one piece, if it is the one that is remembered; otherwise it
    /// may be from now on.
    pub(super) fn whole(&mut self, queue: &VecDeque<Stowed>) -> Option<&[u8]> {
        if !self.is_remembered(queue) {
            self.remember(queue);
            return None;
        }
        self.misses = 0;
        if self.bytes.is_empty() {
            let size = self.frames.iter().map(|frame| frame.as_bytes().len()).sum();
            if size > MOST_BYTES || self.bytes.try_reserve(size).is_err() {
                return None;
            }
            self.frames.iter().for_each(|frame| self.bytes.extend_from_slice(frame.as_bytes()));
        }
        Some(&self.bytes)
    }

    /// A place for pieces of one queue, empty.
    pub(super) fn scratch(&mut self) -> Option<&mut Vec<u8>> {
        self.scratch.clear();
        self.scratch.try_reserve_exact(MOST_BYTES).is_ok().then_some(&mut self.scratch)
    }

    /// Forgets the queue: what it shares may go.
    #[inline]
    pub(super) fn forget(&mut self) {
        if !self.frames.is_empty() {
            self.frames.clear();
            self.bytes.clear();
        }
    }

    /// Whether [`Joint::trim`] has something to drop.
    pub(super) fn has_spare(&self) -> bool {
        self.bytes.capacity() > 0 || self.scratch.capacity() > 0
    }

    /// Drops all that waits: nobody needs it while nothing happens.
    pub(super) fn trim(&mut self) {
        *self = Joint::default();
    }

    fn is_remembered(&self, queue: &VecDeque<Stowed>) -> bool {
        let is_same = |(stowed, frame): (&Stowed, &Arc<SharedFrame>)| {
            stowed.whole_frame().is_some_and(|whole| Arc::ptr_eq(whole, frame))
        };
        queue.len() == self.frames.len() && queue.iter().zip(&self.frames).all(is_same)
    }

    fn remember(&mut self, queue: &VecDeque<Stowed>) {
        if !self.frames.is_empty() && self.misses < MANY_MISSES {
            self.misses += 1;
            return;
        }
        self.misses = 0;
        self.forget();
        for stowed in queue {
            match stowed.whole_frame() {
                Some(frame) => self.frames.push(Arc::clone(frame)),
                None => return self.forget(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::stowed::Cargo;
    use super::*;

    fn frames(count: u8, size: usize) -> Vec<Arc<SharedFrame>> {
        (0..count).map(|at| Arc::new(SharedFrame::from(vec![at; size]))).collect()
    }

    fn queue(frames: &[Arc<SharedFrame>]) -> VecDeque<Stowed> {
        let stow = |frame: &Arc<SharedFrame>| {
            Stowed::new(0, frame.as_bytes().len(), Cargo::Frame(Arc::clone(frame)))
        };
        frames.iter().map(stow).collect()
    }

    #[test]
    fn a_queue_that_several_have_is_put_together_from_the_second_on() {
        let (mut joint, frames) = (Joint::default(), frames(3, 2));
        assert_eq!(joint.whole(&queue(&frames)), None);
        for _ in 0..3 {
            assert_eq!(joint.whole(&queue(&frames)), Some(&[0, 0, 1, 1, 2, 2][..]));
        }
        joint.forget();
        assert!(frames.iter().all(|frame| Arc::strong_count(frame) == 1));
        assert_eq!(joint.whole(&queue(&frames)), None);
    }

    #[test]
    fn a_few_other_queues_do_not_displace_it_and_a_part_of_a_frame_is_another() {
        let (mut joint, frames) = (Joint::default(), frames(3, 2));
        joint.whole(&queue(&frames));
        assert_eq!(joint.whole(&queue(&frames[1..])), None);
        assert!(joint.whole(&queue(&frames)).is_some());
        let mut begun = queue(&frames);
        begun[0].left = 1;
        for _ in 0..2 {
            assert_eq!(joint.whole(&begun), None);
        }
        assert!(joint.whole(&queue(&frames)).is_some());
        for _ in 0..3 {
            assert_eq!(joint.whole(&queue(&frames[1..])), None);
        }
        assert_eq!(joint.whole(&queue(&frames[1..])), Some(&[1, 1, 2, 2][..]));
        for _ in 0..4 {
            assert_eq!(joint.whole(&begun), None);
        }
    }

    #[test]
    fn e24_what_is_large_is_not_put_together_and_all_is_given_back() {
        let (mut joint, large) = (Joint::default(), frames(2, MOST_BYTES));
        for _ in 0..3 {
            assert_eq!(joint.whole(&queue(&large)), None);
        }
        assert!(!joint.has_spare());
        assert_eq!(joint.scratch().map(|scratch| scratch.len()), Some(0));
        assert!(joint.has_spare());
        joint.trim();
        assert!(!joint.has_spare() && Arc::strong_count(&large[0]) == 1);
    }
}
