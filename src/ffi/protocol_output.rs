//! What an endpoint without I/O wants of its transport: to write, and to call again at a deadline.

use super::guard::{required, write};
use super::protocol_handle::{ask, oxws_protocol, with_protocol};
use super::status::oxws_status;
use crate::protocol::time::Time;

/// All that waits to be written: `*len` bytes, 0 if there is nothing. They live until the next call on
/// the endpoint. `len` may be NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `len` is
/// NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_output(
    protocol: *const oxws_protocol,
    len: *mut usize,
) -> *const u8 {
    // SAFETY: promised by the caller.
    unsafe {
        let place = |protocol: &oxws_protocol| {
            let output = protocol.driver.output();
            (output.as_ptr(), output.len())
        };
        let (data, count) = ask(protocol, || (std::ptr::null(), 0), place);
        write(len, count);
        data
    }
}

/// The first `count` bytes of the output have been written. Events may follow, such as the end of a
/// connection whose last Close frame has left.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if there is less output.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_output_written(
    protocol: *mut oxws_protocol,
    count: usize,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.output_written(count)
        })
    }
}

/// When `oxws_protocol_advance` is to be called at the latest; `UINT64_MAX` if there is no deadline. Each
/// call on the endpoint may change it.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `at_us`
/// is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_deadline_us(
    protocol: *mut oxws_protocol,
    at_us: *mut u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            let place = required(at_us)?;
            write(place, protocol.driver.deadline().map_or(u64::MAX, Time::micros));
            Ok(())
        })
    }
}

/// Does what is due: sends a keepalive ping, or ends a connection whose time is over. Calling it too early
/// does nothing.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_advance(
    protocol: *mut oxws_protocol,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.advance();
            Ok(())
        })
    }
}
