//! Whether this process is a child of the one that made a loop.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, Ordering};

/// The process in which something was made.
#[derive(Debug)]
pub(super) struct Birthplace {
    pid: libc::pid_t,
    page: Option<&'static AtomicI32>,
}

impl Birthplace {
    /// This process.
    pub(super) fn here() -> Birthplace {
        static PAGE: OnceLock<Option<&'static AtomicI32>> = OnceLock::new();
        let pid = process();
        let page = *PAGE.get_or_init(wiped_page);
        if let Some(page) = page {
            page.store(pid, Ordering::Relaxed);
        }
        Birthplace { pid, page }
    }

    /// Whether this is another process by now: in a child the page holds zero, or the number of
    /// the child if that has made a loop of its own.
    #[inline]
    pub(super) fn is_elsewhere(&self) -> bool {
        match self.page {
            Some(page) => page.load(Ordering::Relaxed) != self.pid,
            None => process() != self.pid,
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
