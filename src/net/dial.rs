//! Dialling: one address after another, all within the deadline of the handshake.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::socket::Stream;
use crate::protocol::time::Time;

/// An address that is being tried, and what else can be.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) stream: Stream,
    /// What else can be tried.
    pub(super) rest: VecDeque<SocketAddr>,
    /// When this address is given up for the next.
    pub(super) until: Option<Time>,
}

impl Attempt {
    /// A stream that somebody else has connected, or the only one there is.
    pub(super) fn of(stream: Stream) -> Attempt {
        Attempt { stream, rest: VecDeque::new(), until: None }
    }

    /// Tries addresses until one can at least be begun with. Each gets an equal share of what is
    /// left of the time, so that one which does not answer cannot use it up.
    ///
    /// # Errors
    ///
    /// The last error number; `error` if there is no address.
    pub(super) fn next(
        mut rest: VecDeque<SocketAddr>,
        mut error: i32,
        now: Time,
        deadline: Option<Time>,
    ) -> Result<Attempt, i32> {
        while let Some(address) = rest.pop_front() {
            match Stream::connect_tcp(address) {
                Ok(stream) => {
                    let until = share(now, deadline, rest.len());
                    return Ok(Attempt { stream, rest, until });
                }
                Err(failure) => error = failure.raw_os_error().unwrap_or(libc::EIO),
            }
        }
        Err(error)
    }
}

/// The moment up to which one of `others + 1` addresses may be tried; `None` for the last one,
/// which has what is left.
fn share(now: Time, deadline: Option<Time>, others: usize) -> Option<Time> {
    let deadline = deadline?;
    if others == 0 {
        return None;
    }
    let left_ms = deadline.micros_since(now) / 1000;
    let ms = left_ms / (others as u64 + 1);
    Some(now.after_ms(u32::try_from(ms).unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d14_an_address_gets_its_share_and_the_last_the_rest() {
        let at = |ms: u64| Time::from_micros(ms * 1000);
        assert_eq!(share(at(100), Some(at(1100)), 1), Some(at(600)));
        assert_eq!(share(at(600), Some(at(1100)), 0), None);
        assert_eq!(share(at(0), None, 3), None);
    }
}
