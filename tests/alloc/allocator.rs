//! An allocator that counts, and that fails when it is told to, for each thread by itself.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// From this size on an allocation can be made to fail; smaller ones are of fixed sizes.
const FALLIBLE: usize = 4096;

/// What one thread has allocated since it began to count.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) count: usize,
    pub(crate) bytes: usize,
    pub(crate) largest: usize,
    /// Bytes that are in use, less those that were when counting began.
    pub(crate) live: isize,
    /// Allocations of at least [`FALLIBLE`] bytes.
    pub(crate) large: usize,
    /// Which of the large ones fails, counted from 1; 0 for none.
    fails: usize,
}

thread_local! {
    static TALLY: Cell<Option<Tally>> = const { Cell::new(None) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is handed on to the system's allocator as it came, or answered with null,
// which the contract allows; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if note(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        TALLY.with(|tally| {
            tally.set(
                tally.get().map(|now| Tally { live: now.live - layout.size() as isize, ..now }),
            );
        });
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(place, layout) }
    }
}

/// Counts an allocation; whether it is to fail.
fn note(size: usize) -> bool {
    TALLY.with(|tally| {
        let Some(mut now) = tally.get() else {
            return false;
        };
        now.large += usize::from(size >= FALLIBLE);
        let fails = size >= FALLIBLE && now.large == now.fails;
        if !fails {
            now.count += 1;
            now.bytes += size;
            now.largest = now.largest.max(size);
            now.live += size as isize;
        }
        tally.set(Some(now));
        fails
    })
}

/// Counts what `work` allocates, letting its `fails`-th large allocation fail.
pub(crate) fn counted<R>(fails: usize, work: impl FnOnce() -> R) -> (R, Tally) {
    TALLY.set(Some(Tally { fails, ..Tally::default() }));
    let result = work();
    (result, TALLY.take().unwrap())
}

/// Does what belongs to the test itself: it is not counted, and does not fail.
pub(crate) fn uncounted<R>(work: impl FnOnce() -> R) -> R {
    let tally = TALLY.take();
    let result = work();
    TALLY.set(tally);
    result
}
