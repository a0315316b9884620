//! Random bytes of the operating system, drawn in blocks: masking keys and nonces.
//!
//! A pool belongs to one loop. After a fork the child may not use the loop, so that no byte of a
//! pool is ever used twice.

use crate::protocol::connection::KeySource;
use crate::protocol::error::ErrorCode;

const POOL_BYTES: usize = 1024;

/// Random bytes that have not been used.
#[derive(Debug)]
pub(crate) struct RandomPool {
    bytes: Box<[u8; POOL_BYTES]>,
    used: usize,
    /// What every block is filled with instead, for tests.
    fixed: Option<[u8; 4]>,
}

impl RandomPool {
    pub(crate) fn new() -> RandomPool {
        RandomPool { bytes: Box::new([0; POOL_BYTES]), used: POOL_BYTES, fixed: None }
    }

    /// From now on gives these bytes again and again, from the first one each time; `None`: random
    /// ones.
    pub(crate) fn fix(&mut self, bytes: Option<[u8; 4]>) {
        self.fixed = bytes;
        self.used = POOL_BYTES;
    }

    /// Fresh bytes, each given out once.
    ///
    /// # Panics
    ///
    /// If the operating system has no random numbers. There is no safe way to go on: the panic
    /// becomes a status at the boundary of the C ABI.
    pub(crate) fn take<const N: usize>(&mut self) -> [u8; N] {
        if self.used + N > POOL_BYTES {
            self.refill();
        }
        let fresh = self.bytes.get(self.used..).and_then(|rest| rest.first_chunk::<N>());
        let fresh = fresh.copied().unwrap_or([0; N]);
        // In whole words, for a fixed pattern to begin anew.
        self.used += N.next_multiple_of(4);
        fresh
    }

    #[cold]
    fn refill(&mut self) {
        match self.fixed {
            Some(word) => {
                self.bytes.chunks_exact_mut(4).for_each(|place| place.copy_from_slice(&word));
            }
            None => {
                if let Err(error) = getrandom::fill(&mut self.bytes[..]) {
                    panic!("the operating system gave no random numbers: {error}");
                }
            }
        }
        self.used = 0;
    }
}

impl KeySource for RandomPool {
    fn masking_key(&mut self) -> [u8; 4] {
        self.take()
    }
}

/// Random bytes for callers without a loop, straight from the operating system: no state that a fork
/// could copy.
///
/// # Errors
///
/// `SystemCallFailed`.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], ErrorCode> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| ErrorCode::SystemCallFailed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_fixed_pool_gives_the_same_bytes_until_it_is_random_again() {
        let mut pool = RandomPool::new();
        pool.masking_key();
        pool.fix(Some([1, 2, 3, 4]));
        for _ in 0..1000 {
            assert_eq!(pool.take(), [1]);
            assert_eq!(pool.masking_key(), [1, 2, 3, 4]);
            assert_eq!(pool.take(), [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
        }
        pool.fix(None);
        let keys: HashSet<[u8; 4]> = (0..16).map(|_| pool.masking_key()).collect();
        assert!(keys.len() > 12);
    }

    #[test]
    fn d16_masking_keys_do_not_repeat_beyond_chance() {
        let mut pool = RandomPool::new();
        let count = 100_000;
        let mut ones = [0u32; 32];
        let mut seen = HashSet::new();
        for _ in 0..count {
            let key = u32::from_be_bytes(pool.masking_key());
            seen.insert(key);
            for (bit, ones) in ones.iter_mut().enumerate() {
                *ones += key >> bit & 1;
            }
        }
        // By the birthday bound 1.2 pairs of 100,000 keys are equal; 30 are out of the question.
        assert!(seen.len() > count - 30, "{}", seen.len());
        for (bit, ones) in ones.into_iter().enumerate() {
            let off = (f64::from(ones) - count as f64 / 2.0).abs();
            // Seven standard deviations of a fair coin.
            assert!(off < 7.0 * (count as f64).sqrt() / 2.0, "bit {bit}: {ones}");
        }
    }
}
