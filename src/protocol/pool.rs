//! Things that are needed for a while, given back, and used again, so that work which goes on
//! allocates nothing.

/// How many things a pool keeps, however large they are.
const KEPT: usize = 16;

/// How many it keeps while there is work if they are small: a message to all connections needs one for each.
const KEPT_SMALL: usize = 1024;

/// What is small, in bytes.
const SMALL_BYTES: usize = 4096;

/// How much memory the things may have together that a pool keeps while there is work, in bytes.
const KEPT_BYTES: usize = 32 * 1024 * 1024;

/// What is large when there is no work, in bytes.
const LARGE_BYTES: usize = 64 * 1024;

/// Something that can be used again.
pub trait Pooled: Default {
    /// Bytes of memory that it holds.
    fn occupied_bytes(&self) -> usize;

    /// Makes it as good as new; its memory stays.
    fn clear(&mut self);
}

/// Whether a thing is large where there is no work.
pub fn is_large(thing: &impl Pooled) -> bool {
    thing.occupied_bytes() > LARGE_BYTES
}

/// A bounded number of things that wait to be used again.
///
/// They are boxed, as they move in and out of connections, each of which pays eight bytes for the
/// place.
#[derive(Debug)]
pub struct Pool<T> {
    spare: Vec<Box<T>>,
    /// Bytes of memory that they have.
    spare_bytes: usize,
    /// Whether one that is large may be among them, or they are many.
    has_excess: bool,
}

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool { spare: Vec::new(), spare_bytes: 0, has_excess: false }
    }
}

impl<T: Pooled> Pool<T> {
    /// A thing without content, used before if possible.
    #[inline]
    pub fn take(&mut self) -> Box<T> {
        let thing = self.spare.pop().unwrap_or_default();
        self.spare_bytes = self.spare_bytes.saturating_sub(thing.occupied_bytes());
        thing
    }

    /// Takes a thing back, unless the pool is full or the thing is too large to keep.
    #[inline]
    pub fn give_back(&mut self, mut thing: Box<T>) {
        let bytes = thing.occupied_bytes();
        let is_kept = match self.spare.len() {
            0..KEPT => self.spare_bytes.saturating_add(bytes) <= KEPT_BYTES,
            KEPT..KEPT_SMALL => bytes <= SMALL_BYTES,
            _ => false,
        };
        if is_kept {
            self.has_excess |= bytes > LARGE_BYTES || self.spare.len() >= KEPT;
            thing.clear();
            self.spare_bytes += bytes;
            self.spare.push(thing);
        }
    }

    /// Whether [`Pool::trim`] may have something to drop. It is asked before each wait, so it is known
    /// without looking.
    #[inline]
    pub fn has_large(&self) -> bool {
        self.has_excess
    }

    /// Drops what is large, and all but a few: nobody needs it while nothing happens.
    pub fn trim(&mut self) {
        self.spare.retain(|thing| !is_large(&**thing));
        self.spare.truncate(KEPT);
        self.spare.shrink_to(KEPT);
        self.spare_bytes = self.spare.iter().map(|thing| thing.occupied_bytes()).sum();
        self.has_excess = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Thing(Vec<u8>);

    impl Pooled for Thing {
        fn occupied_bytes(&self) -> usize {
            self.0.capacity()
        }

        fn clear(&mut self) {
            self.0.clear();
        }
    }

    fn thing(bytes: usize) -> Box<Thing> {
        Box::new(Thing(vec![7; bytes]))
    }

    #[test]
    fn e24_a_pool_is_bounded_and_trims_what_is_large() {
        let mut pool = Pool::default();
        for _ in 0..KEPT + 5 {
            pool.give_back(thing(LARGE_BYTES + 1));
        }
        assert_eq!(pool.spare.len(), KEPT);
        assert!(pool.has_large());
        pool.trim();
        assert!(pool.spare.is_empty() && !pool.has_large());
        pool.give_back(thing(KEPT_BYTES + 1));
        assert!(pool.spare.is_empty());
    }

    #[test]
    fn e24_the_memory_that_a_pool_keeps_is_bounded_however_few_have_it() {
        let mut pool = Pool::default();
        for _ in 0..3 {
            pool.give_back(thing(KEPT_BYTES / 2));
        }
        assert_eq!((pool.spare.len(), pool.spare_bytes), (2, KEPT_BYTES));
        pool.give_back(thing(1));
        assert_eq!(pool.spare.len(), 2);
        pool.take();
        pool.give_back(thing(1));
        assert_eq!((pool.spare.len(), pool.spare_bytes), (2, KEPT_BYTES / 2 + 1));
        pool.trim();
        assert_eq!((pool.spare.len(), pool.spare_bytes), (1, 1));
    }

    #[test]
    fn e24_many_small_things_are_kept_only_while_there_is_work() {
        let mut pool = Pool::default();
        for _ in 0..KEPT_SMALL + 5 {
            pool.give_back(thing(SMALL_BYTES));
        }
        assert_eq!(pool.spare.len(), KEPT_SMALL);
        assert!(pool.has_large());
        pool.trim();
        assert_eq!((pool.spare.len(), pool.has_large()), (KEPT, false));
        pool.give_back(thing(SMALL_BYTES + 1));
        assert_eq!(pool.spare.len(), KEPT);
    }

    #[test]
    fn what_is_used_again_is_empty_and_keeps_its_memory() {
        let mut pool = Pool::default();
        pool.give_back(thing(100));
        let again = pool.take();
        assert!(again.0.is_empty() && again.0.capacity() >= 100);
    }
}
