//! Which thread this is, asked with every call from C.

/// A number that differs from that of every other living thread.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[inline(always)]
pub(super) fn this_thread() -> usize {
    let thread: usize;
    // SAFETY: the first word of a thread's control block is its own address (System V ABI for
    // x86-64, thread-local storage); reading it has no effect. It is what `pthread_self` returns,
    // without the call, which costs a tenth of sending a short message.
    unsafe {
        std::arch::asm!(
            "mov {}, fs:0",
            out(reg) thread,
            options(pure, readonly, nostack, preserves_flags)
        );
    }
    thread
}

/// A number that differs from that of every other living thread.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
#[inline]
pub(super) fn this_thread() -> usize {
    // SAFETY: the call has no preconditions.
    let thread = unsafe { libc::pthread_self() };
    thread as usize
}

#[cfg(test)]
mod tests {
    use super::this_thread;

    #[test]
    fn f12_threads_are_told_apart() {
        let here = this_thread();
        assert_eq!(here, this_thread());
        let there = std::thread::spawn(this_thread).join().unwrap();
        assert_ne!(here, there);
    }
}
