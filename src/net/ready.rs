//! What wants a turn, in order: first what has it in this round, then what has to wait for the next.
//!
//! It is a list of numbers and knows nothing of what they stand for, nor whether they come twice.

/// Places that are kept while there is nothing to do.
const KEPT: usize = 1024;

/// A queue that is emptied round by round.
#[derive(Debug, Default)]
pub(super) struct Ready {
    entries: Vec<u32>,
    /// The place of the first one that has not had its turn.
    next: usize,
    /// Where those of this round end.
    end: usize,
}

impl Ready {
    /// Puts `index` behind all others.
    #[inline(always)]
    pub(super) fn push(&mut self, index: u32) {
        self.entries.push(index);
    }

    /// Puts `index` in front of all others, into this round.
    pub(super) fn push_first(&mut self, index: u32) {
        self.forget_past();
        self.entries.insert(0, index);
        self.end += 1;
    }

    /// Where the next one is put.
    pub(super) fn place(&self) -> usize {
        self.entries.len()
    }

    /// Those that were put at `place` and behind it come first, into this round.
    pub(super) fn bring_forward(&mut self, place: usize) {
        let count = self.entries.len().saturating_sub(place);
        if let Some(rest) = self.entries.get_mut(self.next..) {
            rest.rotate_right(count.min(rest.len()));
            self.end += count;
        }
    }

    /// Forgets what has had its turn.
    #[inline]
    pub(super) fn forget_past(&mut self) {
        if self.next == self.entries.len() {
            self.entries.clear();
        } else {
            self.entries.drain(..self.next);
        }
        self.end -= self.next.min(self.end);
        self.next = 0;
    }

    /// All that are there now have their turn in this round.
    #[inline]
    pub(super) fn begin_round(&mut self) {
        self.end = self.entries.len();
    }

    /// The next one of this round, which stays where it is.
    #[inline(always)]
    pub(super) fn first(&self) -> Option<u32> {
        match self.next < self.end {
            true => self.entries.get(self.next).copied(),
            false => None,
        }
    }

    /// The one that [`Ready::first`] gave has its turn.
    #[inline(always)]
    pub(super) fn skip_first(&mut self) {
        self.next += 1;
    }

    /// Whether none is there, of this round or another.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.next == self.entries.len()
    }

    /// Whether it occupies more than it would keep.
    pub(super) fn has_large(&self) -> bool {
        self.entries.capacity() > KEPT
    }

    /// Gives memory back.
    pub(super) fn trim(&mut self) {
        self.forget_past();
        self.entries.shrink_to(KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::Ready;

    /// All that have their turn in this round.
    fn round(ready: &mut Ready) -> Vec<u32> {
        let next = |ready: &mut Ready| {
            let index = ready.first()?;
            ready.skip_first();
            Some(index)
        };
        std::iter::from_fn(|| next(ready)).collect()
    }

    #[test]
    fn what_comes_during_a_round_waits_for_the_next_in_order() {
        let mut ready = Ready::default();
        ready.push(1);
        ready.push(2);
        assert_eq!(ready.first(), None);
        ready.begin_round();
        ready.push(3);
        assert_eq!(ready.first(), Some(1));
        ready.skip_first();
        ready.push_first(4);
        assert_eq!(round(&mut ready), [4, 2]);
        assert!(!ready.is_empty());
        ready.forget_past();
        ready.push(5);
        ready.begin_round();
        assert_eq!(round(&mut ready), [3, 5]);
        assert!(ready.is_empty());
    }

    #[test]
    fn what_comes_first_has_its_turn_even_when_the_round_is_over() {
        let mut ready = Ready::default();
        ready.push(1);
        ready.begin_round();
        assert_eq!(round(&mut ready), [1]);
        ready.push(2);
        ready.push_first(3);
        assert_eq!(round(&mut ready), [3]);
        ready.forget_past();
        ready.begin_round();
        assert_eq!(round(&mut ready), [2]);
    }

    #[test]
    fn what_is_brought_forward_has_its_turn_before_the_rest_of_the_round() {
        let mut ready = Ready::default();
        ready.push(1);
        ready.push(2);
        ready.begin_round();
        ready.push(3);
        ready.skip_first();
        let place = ready.place();
        ready.push(4);
        ready.push(5);
        ready.bring_forward(place);
        assert_eq!(round(&mut ready), [4, 5, 2]);
        ready.bring_forward(ready.place());
        assert_eq!(round(&mut ready), []);
        ready.forget_past();
        ready.begin_round();
        assert_eq!(round(&mut ready), [3]);
    }

    #[test]
    fn memory_goes_back_and_what_waits_stays() {
        let mut ready = Ready::default();
        (0..5000).for_each(|index| ready.push(index));
        ready.begin_round();
        assert!(ready.has_large());
        assert_eq!(round(&mut ready).len(), 5000);
        ready.push(7);
        ready.trim();
        assert!(!ready.has_large());
        ready.begin_round();
        assert_eq!(round(&mut ready), [7]);
    }
}
