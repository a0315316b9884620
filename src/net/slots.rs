//! What a loop owns, each in a slot whose id is never used again.

/// Names what is in a slot: never 0, and never given to anything else.
pub type Id = u64;

/// A table of things with ids that go stale when the thing is removed.
///
/// A slot that was freed rests until [`Slots::settle`], so that a token of the operating system
/// that was delivered together with its end cannot hit its successor.
///
/// A slot can be sealed, by whoever has found out something about what is in it. Each way to change
/// that breaks the seal, apart from [`Slots::sealed_mut`]: as long as the seal is there, what was
/// found out need not be found out again. For one sealed slot at a time something is kept at hand, which
/// becomes a part of what is in it when the seal is broken.
#[derive(Debug)]
pub struct Slots<T: Content> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
    resting: Vec<u32>,
    len: usize,
    at_hand: Option<T::Part>,
    /// The slot for which it is kept, or [`NOBODY`].
    holder: u32,
}

/// What can be in a slot.
pub trait Content {
    /// What is kept at hand for it while it is sealed.
    type Part;

    /// The seal is broken: the part belongs to it again.
    fn take_part(&mut self, part: Self::Part);
}

/// For how many slots there is room as soon as one is used: with what a loop has in them, more than the
/// 128 KiB from which allocators give a block pages of its own. Of those only what is used takes memory, and
/// the block grows in place. Grown from a few slots on, it would leave the smaller blocks behind it.
const FIRST_SLOTS: usize = 1024;

/// No slot: the last one, which is never used.
const NOBODY: u32 = u32::MAX;

#[derive(Debug)]
struct Slot<T> {
    generation: u32,
    is_sealed: bool,
    content: Option<T>,
}

impl<T: Content> Default for Slots<T> {
    fn default() -> Slots<T> {
        Slots {
            slots: Vec::new(),
            free: Vec::new(),
            resting: Vec::new(),
            len: 0,
            at_hand: None,
            holder: NOBODY,
        }
    }
}

impl<T: Content> Slots<T> {
    /// What a slot takes, in bytes, with what is in it.
    pub const SLOT_BYTES: usize = size_of::<Slot<T>>();

    /// Puts `content` into a slot; gives back the slot's index. `None` if all are in use.
    pub fn insert(&mut self, content: T) -> Option<u32> {
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                let index = u32::try_from(self.slots.len()).ok().filter(|it| *it != NOBODY)?;
                if self.slots.capacity() == 0 {
                    self.slots.reserve_exact(FIRST_SLOTS);
                }
                self.slots.push(Slot { generation: 0, is_sealed: false, content: None });
                index
            }
        };
        let slot = self.slot_mut(index)?;
        slot.generation += 1;
        slot.content = Some(content);
        self.len += 1;
        Some(index)
    }

    /// Empties a slot. The index is not used again before [`Slots::settle`].
    pub fn remove(&mut self, index: u32) -> Option<T> {
        let slot = self.slot_mut(index)?;
        let content = slot.content.take()?;
        // After 2^32 uses a slot is abandoned rather than let an id come back.
        if slot.generation < u32::MAX {
            self.resting.push(index);
        }
        self.len -= 1;
        Some(content)
    }

    /// Lets the slots that were emptied be used again.
    pub fn settle(&mut self) {
        self.free.append(&mut self.resting);
    }

    /// What is in the slot.
    #[inline]
    pub fn at(&self, index: u32) -> Option<&T> {
        self.slots.get(index as usize)?.content.as_ref()
    }

    /// What is in the slot.
    #[inline]
    pub fn at_mut(&mut self, index: u32) -> Option<&mut T> {
        self.slot_mut(index)?.content.as_mut()
    }

    /// What is in the slot, and its id.
    #[inline]
    pub fn entry_mut(&mut self, index: u32) -> Option<(Id, &mut T)> {
        let slot = self.slot_mut(index)?;
        let id = slot.id(index);
        slot.content.as_mut().map(|content| (id, content))
    }

    /// What is in a slot, and its id, if it is sealed. Whoever changes what the seal stands for breaks it with
    /// [`Slots::break_seal`].
    #[inline(always)]
    pub fn sealed_mut(&mut self, index: u32) -> Option<(Id, &mut Option<T>)> {
        let slot = self.slots.get_mut(index as usize)?;
        let id = slot.id(index);
        slot.is_sealed.then_some((id, &mut slot.content))
    }

    /// A sealed slot, and what is at hand if it is for it.
    #[inline(always)]
    pub fn sealed_with_part(
        &mut self,
        index: u32,
    ) -> Option<(&mut Option<T>, Option<&mut T::Part>)> {
        let slot = self.slots.get_mut(index as usize)?;
        if !slot.is_sealed {
            return None;
        }
        let part = match self.holder == index {
            true => self.at_hand.as_mut(),
            false => None,
        };
        Some((&mut slot.content, part))
    }

    /// As [`Slots::sealed_mut`]; what is at hand is kept for the slot from now on. `make` makes it if
    /// there is nothing.
    #[inline(always)]
    pub fn sealed_holding(
        &mut self,
        index: u32,
        make: impl FnOnce() -> T::Part,
    ) -> Option<(Id, &mut Option<T>)> {
        let slot = self.slots.get_mut(index as usize)?;
        if !slot.is_sealed {
            return None;
        }
        if self.at_hand.is_none() {
            self.at_hand = Some(make());
        }
        self.holder = index;
        Some((slot.id(index), &mut slot.content))
    }

    /// What is at hand for some slot.
    #[inline(always)]
    pub fn held_part(&mut self) -> Option<&mut T::Part> {
        match self.holder {
            NOBODY => None,
            _ => self.at_hand.as_mut(),
        }
    }

    /// What is at hand is for no slot any more.
    #[inline(always)]
    pub fn release_part(&mut self) {
        self.holder = NOBODY;
    }

    /// Takes what is at hand, if it is for no slot and like that.
    #[inline]
    pub fn take_spare_part_if(
        &mut self,
        is_like: impl FnOnce(&T::Part) -> bool,
    ) -> Option<T::Part> {
        match self.holder {
            NOBODY => self.at_hand.take_if(|part| is_like(part)),
            _ => None,
        }
    }

    /// Seals a slot.
    pub fn seal(&mut self, index: u32) {
        if let Some(slot) = self.slots.get_mut(index as usize) {
            slot.is_sealed = slot.content.is_some();
        }
    }

    /// Breaks the seal of a slot, if it has one.
    #[inline(always)]
    pub fn break_seal(&mut self, index: u32) {
        self.slot_mut(index);
    }

    /// The index behind an id, unless the id is stale or was never given.
    #[inline]
    pub fn index_of(&self, id: Id) -> Option<u32> {
        let index = (id & u64::from(u32::MAX)) as u32;
        let slot = self.slots.get(index as usize)?;
        (u64::from(slot.generation) == id >> 32 && slot.content.is_some()).then_some(index)
    }

    /// What an id names, unless it is stale or was never given.
    #[inline]
    pub fn get_mut(&mut self, id: Id) -> Option<&mut T> {
        let slot = self.slot_mut((id & u64::from(u32::MAX)) as u32)?;
        if u64::from(slot.generation) != id >> 32 {
            return None;
        }
        slot.content.as_mut()
    }

    /// The id of what is in the slot now.
    #[inline]
    pub fn id_of(&self, index: u32) -> Option<Id> {
        let slot = self.slots.get(index as usize)?;
        slot.content.is_some().then(|| slot.id(index))
    }

    /// How many slots are in use.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no slot is in use.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Every index below which a slot may be in use.
    pub fn indices(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.slots.len()).unwrap_or(u32::MAX)
    }

    #[inline]
    fn slot_mut(&mut self, index: u32) -> Option<&mut Slot<T>> {
        let slot = self.slots.get_mut(index as usize)?;
        if slot.is_sealed {
            slot.is_sealed = false;
            if self.holder == index {
                self.holder = NOBODY;
                if let (Some(content), Some(part)) = (&mut slot.content, self.at_hand.take()) {
                    content.take_part(part);
                }
            }
        }
        Some(slot)
    }
}

impl<T> Slot<T> {
    #[inline(always)]
    fn id(&self, index: u32) -> Id {
        u64::from(self.generation) << 32 | u64::from(index)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    impl Content for &str {
        type Part = &'static str;

        fn take_part(&mut self, part: &'static str) {
            *self = part;
        }
    }

    impl Content for () {
        type Part = ();

        fn take_part(&mut self, (): ()) {}
    }

    #[test]
    fn e19_a_freed_slot_rests_and_its_id_stays_stale() {
        let mut slots = Slots::default();
        let first = slots.insert("a").unwrap();
        let old = slots.id_of(first).unwrap();
        assert_eq!(slots.remove(first), Some("a"));
        assert_eq!(slots.index_of(old), None);
        let second = slots.insert("b").unwrap();
        assert_ne!(first, second);
        slots.settle();
        let third = slots.insert("c").unwrap();
        assert_eq!(first, third);
        assert_eq!(slots.index_of(old), None);
        assert_eq!(slots.index_of(slots.id_of(third).unwrap()), Some(third));
    }

    #[test]
    fn whatever_may_change_what_is_in_a_slot_breaks_its_seal() {
        let mut slots = Slots::default();
        let index = slots.insert("a").unwrap();
        let id = slots.id_of(index).unwrap();
        let ways: [fn(&mut Slots<&str>, u32, Id); 5] = [
            |slots, index, _| assert!(slots.at_mut(index).is_some()),
            |slots, index, _| assert!(slots.entry_mut(index).is_some()),
            |slots, _, id| assert!(slots.get_mut(id).is_some()),
            |slots, index, _| slots.break_seal(index),
            |slots, index, _| assert!(slots.remove(index).is_some()),
        ];
        assert_eq!(slots.sealed_mut(index), None);
        for way in ways {
            slots.seal(index);
            assert_eq!(slots.sealed_mut(index), Some((id, &mut Some("a"))));
            assert_eq!(slots.at(index), Some(&"a"));
            assert_eq!(slots.sealed_mut(index), Some((id, &mut Some("a"))));
            way(&mut slots, index, id);
            assert_eq!(slots.sealed_mut(index), None);
        }
        slots.seal(index);
        assert_eq!(slots.sealed_mut(index), None);
        slots.seal(1000);
    }

    #[test]
    fn what_is_at_hand_goes_to_its_slot_when_the_seal_breaks_and_to_no_other() {
        let mut slots = Slots::default();
        let [first, second] = ["a", "b"].map(|content| slots.insert(content).unwrap());
        slots.seal(first);
        slots.seal(second);
        assert_eq!(slots.held_part(), None);
        assert!(slots.sealed_holding(1000, || "part").is_none());
        slots.break_seal(second);
        assert!(slots.sealed_holding(second, || "part").is_none());
        assert_eq!(slots.held_part(), None);
        assert!(slots.sealed_holding(first, || "part").is_some());
        assert_eq!(slots.at_mut(second), Some(&mut "b"));
        assert_eq!(slots.held_part(), Some(&mut "part"));
        assert_eq!(slots.take_spare_part_if(|_| true), None);
        assert_eq!(slots.sealed_with_part(first), Some((&mut Some("a"), Some(&mut "part"))));
        slots.seal(second);
        assert_eq!(slots.sealed_with_part(second), Some((&mut Some("b"), None)));
        assert_eq!(slots.at_mut(first), Some(&mut "part"));
        assert_eq!(slots.held_part(), None);
        slots.seal(first);
        assert!(slots.sealed_holding(first, || "next").is_some());
        slots.release_part();
        assert_eq!(slots.at_mut(first), Some(&mut "part"));
        assert_eq!(slots.take_spare_part_if(|part| *part == "other"), None);
        assert_eq!(slots.take_spare_part_if(|part| *part == "next"), Some("next"));
        assert_eq!(slots.take_spare_part_if(|_| true), None);
    }

    #[test]
    fn f04_no_id_is_zero_and_none_comes_twice() {
        let mut slots = Slots::default();
        let mut seen = HashSet::from([0]);
        for _ in 0..1000 {
            let index = slots.insert(()).unwrap();
            assert!(seen.insert(slots.id_of(index).unwrap()));
            slots.remove(index);
            slots.settle();
        }
        assert!(slots.is_empty());
        assert!((0..2000).all(|id| slots.index_of(id).is_none()));
    }
}
