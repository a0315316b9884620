//! What a loop owns, each in a slot whose id is never used again.

/// Names what is in a slot: never 0, and never given to anything else.
pub type Id = u64;

/// A table of things with ids that go stale when the thing is removed.
///
/// A slot that was freed rests until [`Slots::settle`], so that a token of the operating system
/// that was delivered together with its end cannot hit its successor.
#[derive(Debug)]
pub struct Slots<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
    resting: Vec<u32>,
    len: usize,
}

#[derive(Debug)]
struct Slot<T> {
    generation: u32,
    content: Option<T>,
}

impl<T> Default for Slots<T> {
    fn default() -> Slots<T> {
        Slots { slots: Vec::new(), free: Vec::new(), resting: Vec::new(), len: 0 }
    }
}

impl<T> Slots<T> {
    /// Puts `content` into a slot; gives back the slot's index. `None` if 2^32 slots are in use.
    pub fn insert(&mut self, content: T) -> Option<u32> {
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                let index = u32::try_from(self.slots.len()).ok()?;
                self.slots.push(Slot { generation: 0, content: None });
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
        let slot = self.slots.get_mut(index as usize)?;
        let id = u64::from(slot.generation) << 32 | u64::from(index);
        slot.content.as_mut().map(|content| (id, content))
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
        let slot = self.slots.get_mut((id & u64::from(u32::MAX)) as usize)?;
        if u64::from(slot.generation) != id >> 32 {
            return None;
        }
        slot.content.as_mut()
    }

    /// The id of what is in the slot now.
    #[inline]
    pub fn id_of(&self, index: u32) -> Option<Id> {
        let slot = self.slots.get(index as usize)?;
        slot.content.is_some().then(|| u64::from(slot.generation) << 32 | u64::from(index))
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
        self.slots.get_mut(index as usize)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

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
