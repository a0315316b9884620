//! Deadlines of a loop in a hierarchical timing wheel, so that arming and cancelling cost O(1).
//!
//! It reads no clock and calls nothing: the time is an argument, in whole milliseconds since a
//! moment that the owner chose, and timers that are due are handed back as keys.
//!
//! There are six levels of 64 slots. A slot of level `n` spans `64^n` ms, so the lowest level
//! tells single milliseconds apart and all levels together reach beyond `u32::MAX` ms. A timer
//! stands on the level of the highest group of six bits in which its deadline differs from the
//! present. Therefore the lowest occupied level always holds the earliest timers, and the place of
//! a timer follows from its deadline and need not be stored. When the time comes to a slot of a
//! higher level, its timers move down; no timer moves more than five times.

use std::num::NonZeroU32;

const LEVELS: usize = 6;
const SLOTS: usize = 64;
const BITS_PER_LEVEL: u32 = 6;

/// `Node::prev` of a node on the free list.
const FREE: u32 = u32::MAX;
/// `Node::prev` of a node that was due at the last [`Timers::expire`].
const FIRED: u32 = u32::MAX - 1;
/// The end of the free list.
const NONE: u32 = u32::MAX;

/// For how many nodes there is room as soon as one is used: 128 KiB, from which on allocators give a block
/// pages of its own. Of those only what is used takes memory, and the block grows in place. Grown from a few
/// nodes on, it would leave the smaller blocks behind it.
const FIRST_NODES: usize = 8192;

/// Later than every deadline.
const NEVER: u64 = u64::MAX;

/// Names one timer of one [`Timers`]; `Option<TimerId>` has 4 bytes.
///
/// An id carries no generation. Once its timer has been cancelled, the owner forgets the id, as the
/// next timer that is armed may get the same. An id that [`Timers::expire`] reported is not given
/// away before the next call of `expire`, so that whatever handles one due timer may still cancel
/// or rearm another one of the same batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimerId(NonZeroU32);

impl TimerId {
    fn from_index(index: u32) -> TimerId {
        TimerId(NonZeroU32::MIN.saturating_add(index))
    }

    fn index(self) -> u32 {
        self.0.get() - 1
    }
}

/// Armed timers, each with a deadline and a key that means something to the owner.
///
/// Holds fewer than 2^32 - 2 timers at once, 16 bytes each.
#[derive(Debug)]
pub struct Timers {
    /// Every pending deadline is in `now ..= now + u32::MAX`.
    now: u64,
    levels: [Level; LEVELS],
    nodes: Vec<Node>,
    /// First node of the free list, which is linked by `next`.
    free: u32,
    /// Nodes that the last call of `expire` reported.
    fired: Vec<u32>,
    pending: usize,
    /// The start of the occupied slot that comes first; [`NEVER`] if none is occupied.
    first_ms: u64,
}

/// One ring of slots; bit `n` of `occupied` says whether `heads[n]` starts a list.
#[derive(Debug)]
struct Level {
    occupied: u64,
    heads: [u32; SLOTS],
}

impl Level {
    const EMPTY: Level = Level { occupied: 0, heads: [0; SLOTS] };
}

/// A timer, as a member of the circular list of its slot.
#[derive(Debug, Clone, Copy)]
struct Node {
    prev: u32,
    next: u32,
    /// Low half of the deadline; the high half follows from `Timers::now`.
    tick: u32,
    key: u32,
}

/// Where a timer stands; `start` is the first millisecond that the slot spans.
#[derive(Clone, Copy)]
struct Slot {
    level: usize,
    slot: usize,
    start: u64,
}

impl Default for Timers {
    fn default() -> Timers {
        Timers::new()
    }
}

impl Timers {
    /// No timers, and the time 0.
    pub fn new() -> Timers {
        Timers {
            now: 0,
            levels: [Level::EMPTY; LEVELS],
            nodes: Vec::new(),
            free: NONE,
            fired: Vec::new(),
            pending: 0,
            first_ms: NEVER,
        }
    }

    /// Arms a timer that is due at the first [`expire`](Timers::expire) at or after `deadline_ms`.
    ///
    /// A deadline that has passed is due at the next `expire`. One that is more than `u32::MAX` ms
    /// (49.7 days) after the time of the last `expire` is brought forward to that bound.
    pub fn arm(&mut self, deadline_ms: u64, key: u32) -> TimerId {
        let deadline = self.within_reach(deadline_ms);
        let index = self.take_node(Node { prev: FREE, next: NONE, tick: low_half(deadline), key });
        self.pending += 1;
        self.append(index, deadline);
        TimerId::from_index(index)
    }

    /// Removes a timer; its id must not be used again.
    ///
    /// Does nothing if the last [`expire`](Timers::expire) reported the timer.
    pub fn cancel(&mut self, id: TimerId) {
        let Some(node) = self.pending_node(id) else {
            return;
        };
        self.unlink(id.index(), node);
        self.pending -= 1;
        self.give_back(id.index());
    }

    /// Gives a timer another deadline, with the bounds of [`arm`](Timers::arm); the id stays.
    ///
    /// A timer that the last [`expire`](Timers::expire) reported is armed again, whether or not the
    /// owner has come to its entry in the list of due timers. Does nothing to one that was cancelled.
    pub fn rearm(&mut self, id: TimerId, deadline_ms: u64) {
        let Some(node) = self.node(id.index()) else {
            return;
        };
        match node.prev {
            FREE => return,
            FIRED => self.pending += 1,
            _ => self.unlink(id.index(), node),
        }
        let deadline = self.within_reach(deadline_ms);
        if let Some(node) = self.nodes.get_mut(id.index() as usize) {
            node.tick = low_half(deadline);
        }
        self.append(id.index(), deadline);
    }

    /// The time in ms at which a timer is due; `None` if it is no longer armed.
    pub fn deadline(&self, id: TimerId) -> Option<u64> {
        self.pending_node(id).map(|node| self.whole_deadline(node))
    }

    /// Moves the time on to `now_ms` and appends the timers that are due, earliest deadline first.
    ///
    /// Timers of the same deadline come in the order in which they were armed. They are no longer
    /// armed; their ids may be passed to the other functions until the next call of this one, which
    /// frees those that were not armed again. An entry of `due` is out of date if
    /// [`deadline`](Timers::deadline) has a value for it when the owner comes to it: something armed
    /// the timer again meanwhile. A `now_ms` before that of an earlier call counts as that one.
    ///
    /// The cost depends on the number of timers that are due or move down a level, and not on how
    /// much time has passed.
    #[inline]
    pub fn expire(&mut self, now_ms: u64, due: &mut Vec<(TimerId, u32)>) {
        if !self.fired.is_empty() {
            self.free_fired();
        }
        let now = now_ms.max(self.now);
        if now >= self.first_ms {
            self.empty_slots(now, due);
        }
        self.now = now;
    }

    /// The earliest time in ms at which [`expire`](Timers::expire) has something to do; `None`
    /// without timers.
    ///
    /// It is never later than the earliest deadline. It is earlier where timers have to move to a
    /// lower level first, which happens at most five times on the way to a deadline.
    #[inline]
    pub fn next_ms(&self) -> Option<u64> {
        (self.first_ms != NEVER).then_some(self.first_ms)
    }

    /// How many timers are armed.
    pub fn len(&self) -> usize {
        self.pending
    }

    /// Whether no timer is armed.
    pub fn is_empty(&self) -> bool {
        self.pending == 0
    }

    fn within_reach(&self, deadline_ms: u64) -> u64 {
        deadline_ms.clamp(self.now, self.now.saturating_add(u64::from(u32::MAX)))
    }

    fn whole_deadline(&self, node: Node) -> u64 {
        self.now + u64::from(node.tick.wrapping_sub(low_half(self.now)))
    }

    fn place(&self, deadline: u64) -> Slot {
        let lowest = (1 << BITS_PER_LEVEL) - 1;
        let highest_bit = 63 - ((self.now ^ deadline) | lowest).leading_zeros();
        // The present and a deadline may differ above the topmost level, which then wraps round:
        // it spans 2^36 ms and no deadline is more than 2^32 ms ahead.
        let level = (highest_bit / BITS_PER_LEVEL).min(LEVELS as u32 - 1);
        let shift = level * BITS_PER_LEVEL;
        let turn = deadline >> shift;
        Slot { level: level as usize, slot: (turn & lowest) as usize, start: turn << shift }
    }

    /// The occupied slot that comes first.
    fn earliest(&self) -> Option<Slot> {
        let (level, ring) =
            self.levels.iter().enumerate().find(|(_, level)| level.occupied != 0)?;
        let shift = level as u32 * BITS_PER_LEVEL;
        let present = self.now >> shift;
        let current = (present % SLOTS as u64) as u32;
        let turn = present + u64::from(ring.occupied.rotate_right(current).trailing_zeros());
        Some(Slot { level, slot: (turn % SLOTS as u64) as usize, start: turn << shift })
    }

    /// Empties the slots that begin at `now` or before.
    fn empty_slots(&mut self, now: u64, due: &mut Vec<(TimerId, u32)>) {
        while let Some(place) = self.earliest().filter(|place| place.start <= now) {
            self.now = place.start;
            self.empty_slot(place, due);
        }
        self.note_first();
    }

    fn note_first(&mut self) {
        self.first_ms = self.earliest().map_or(NEVER, |place| place.start);
    }

    /// Reports the timers of a slot of the lowest level, moves those of another one down.
    fn empty_slot(&mut self, place: Slot, due: &mut Vec<(TimerId, u32)>) {
        let Some(level) = self.levels.get_mut(place.level) else {
            return;
        };
        level.occupied &= !(1 << place.slot);
        let Some(&head) = level.heads.get(place.slot) else {
            return;
        };
        let mut index = head;
        while let Some(node) = self.node(index) {
            if place.level == 0 {
                self.fire(index, node, due);
            } else {
                self.append(index, self.whole_deadline(node));
            }
            index = node.next;
            if index == head {
                break;
            }
        }
    }

    fn fire(&mut self, index: u32, node: Node, due: &mut Vec<(TimerId, u32)>) {
        self.link(index, FIRED, NONE);
        self.fired.push(index);
        self.pending -= 1;
        due.push((TimerId::from_index(index), node.key));
    }

    fn free_fired(&mut self) {
        while let Some(index) = self.fired.pop() {
            if self.node(index).is_some_and(|node| node.prev == FIRED) {
                self.give_back(index);
            }
        }
    }

    /// Puts a node at the end of the list of its slot.
    fn append(&mut self, index: u32, deadline: u64) {
        let place = self.place(deadline);
        self.first_ms = self.first_ms.min(place.start);
        let Some(level) = self.levels.get_mut(place.level) else {
            return;
        };
        let Some(head) = level.heads.get_mut(place.slot) else {
            return;
        };
        if level.occupied & (1 << place.slot) == 0 {
            level.occupied |= 1 << place.slot;
            *head = index;
            self.link(index, index, index);
            return;
        }
        let first = *head;
        let last = self.node(first).map_or(first, |node| node.prev);
        self.link(index, last, first);
        self.set_next(last, index);
        self.set_prev(first, index);
    }

    /// Takes a pending node out of the list of its slot.
    fn unlink(&mut self, index: u32, node: Node) {
        let place = self.place(self.whole_deadline(node));
        let Some(level) = self.levels.get_mut(place.level) else {
            return;
        };
        if node.next == index {
            level.occupied &= !(1 << place.slot);
            if place.start == self.first_ms {
                self.note_first();
            }
            return;
        }
        if let Some(head) = level.heads.get_mut(place.slot).filter(|head| **head == index) {
            *head = node.next;
        }
        self.set_next(node.prev, node.next);
        self.set_prev(node.next, node.prev);
    }

    fn take_node(&mut self, node: Node) -> u32 {
        let index = self.free;
        match self.nodes.get_mut(index as usize) {
            Some(unused) => {
                self.free = unused.next;
                *unused = node;
                index
            }
            None => {
                if self.nodes.capacity() == 0 {
                    self.nodes.reserve_exact(FIRST_NODES);
                }
                self.nodes.push(node);
                (self.nodes.len() - 1) as u32
            }
        }
    }

    fn give_back(&mut self, index: u32) {
        self.link(index, FREE, self.free);
        self.free = index;
    }

    fn pending_node(&self, id: TimerId) -> Option<Node> {
        self.node(id.index()).filter(|node| node.prev < FIRED)
    }

    fn node(&self, index: u32) -> Option<Node> {
        self.nodes.get(index as usize).copied()
    }

    fn link(&mut self, index: u32, prev: u32, next: u32) {
        self.set_prev(index, prev);
        self.set_next(index, next);
    }

    fn set_prev(&mut self, index: u32, prev: u32) {
        if let Some(node) = self.nodes.get_mut(index as usize) {
            node.prev = prev;
        }
    }

    fn set_next(&mut self, index: u32, next: u32) {
        if let Some(node) = self.nodes.get_mut(index as usize) {
            node.next = next;
        }
    }
}

fn low_half(value: u64) -> u32 {
    (value & u64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests;
