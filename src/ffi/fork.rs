//! Whether this process is a child of the one that made a loop.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, Ordering};

/// The process in which something was made, and whether it can be used there.
#[derive(Debug)]
pub(super) struct Birthplace {
    pid: libc::pid_t,
    /// What the page holds where it can be used.
    expected: AtomicI32,
    page: &'static AtomicI32,
}

/// What no page holds.
const NOWHERE: i32 = -2;

/// Stands in for the page where the system has none: what it holds is never expected, and so the system
/// is asked each time.
static NO_PAGE: AtomicI32 = AtomicI32::new(UNKNOWN);

/// What only [`NO_PAGE`] holds.
const UNKNOWN: i32 = -1;

impl Birthplace {
    /// This process.
    pub(super) fn here() -> Birthplace {
        static PAGE: OnceLock<Option<&'static AtomicI32>> = OnceLock::new();
        let pid = process();
        let page = match *PAGE.get_or_init(wiped_page) {
            Some(page) => {
                page.store(pid, Ordering::Relaxed);
                page
            }
            None => &NO_PAGE,
        };
        Birthplace { pid, expected: AtomicI32::new(pid), page }
    }

    /// Whether this is certainly the same process, and what was made in it is not spoilt. If not,
    /// [`Birthplace::is_elsewhere`] says which of the two.
    #[inline(always)]
    pub(super) fn is_sound(&self) -> bool {
        self.page.load(Ordering::Relaxed) == self.expected.load(Ordering::Relaxed)
    }

    /// What was made here is not sound from now on.
    pub(super) fn spoil(&self) {
        self.expected.store(NOWHERE, Ordering::Relaxed);
    }

    /// Whether this is another process by now: in a child the page holds zero, or the number of
    /// the child if that has made a loop of its own.
    pub(super) fn is_elsewhere(&self) -> bool {
        match self.page.load(Ordering::Relaxed) {
            UNKNOWN => process() != self.pid,
            seen => seen != self.pid,
        }
    }
}

fn process() -> libc::pid_t {
    // SAFETY: the call has no preconditions.
    unsafe { libc::getpid() }
}

/// A page that the system fills with zeros in every child: reading it costs nothing, where asking
/// for the process's number is a system call.
#[cfg(target_os = "linux")]
fn wiped_page() -> Option<&'static AtomicI32> {
    // SAFETY: a new anonymous mapping; its address is checked before it is used.
    let page = unsafe {
        let size = usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)).ok()?;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let page = libc::mmap(std::ptr::null_mut(), size, protection, flags, -1, 0);
        if page == libc::MAP_FAILED {
            return None;
        }
        if libc::madvise(page, size, libc::MADV_WIPEONFORK) != 0 {
            libc::munmap(page, size);
            return None;
        }
        page
    };
    // SAFETY: the mapping is never undone, is aligned, and holds zeros, which are valid.
    Some(unsafe { &*page.cast::<AtomicI32>() })
}

#[cfg(not(target_os = "linux"))]
fn wiped_page() -> Option<&'static AtomicI32> {
    None
}
