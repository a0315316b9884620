//! The test kit: what happens to the bytes of a connection in a simulated network.

use std::ffi::{c_char, c_void};

use super::config_dialling::ip_address;
use super::guard::{bytes, switch, text};
use super::loop_handle::{oxws_loop, with_core};
use super::status::oxws_status;
use super::test_kit::error_number;
use super::vocabulary::oxws_connection;

/// Sets how that travels which a connection of a test loop sends from now on. 0 as the connection: on
/// all connections that are made from now on, in both directions.
///
/// With `piece_bytes` 0, what is sent at once arrives together, after `delay_ms` milliseconds. Otherwise
/// it arrives in pieces of at most so many bytes, which are received one by one even if no time passes
/// between them; each sets out when the one before has arrived, and takes `delay_ms`. Nothing overtakes
/// what was sent before it. At first both are 0.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` on an ordinary loop; `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_CLOSED`
/// for a connection that has ended, or could not be made.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_set_link(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    piece_bytes: u32,
    delay_ms: u32,
) -> oxws_status {
    let id = (connection != 0).then_some(connection);
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, |core| core.set_link(id, piece_bytes, delay_ms)) }
}

/// Sets how many bytes that a connection of a test loop has sent may be under way, or wait for the peer
/// to read them; what is sent beyond that is queued, and counts for `oxws_config_max_queued_bytes` and
/// for the write stall timeout. 256 KiB at first; 0 lets nothing through. 0 as the connection: on all
/// connections that are made from now on, in both directions.
///
/// Errors: as for `oxws_test_set_link`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_set_capacity(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    bytes: usize,
) -> oxws_status {
    let id = (connection != 0).then_some(connection);
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, |core| core.set_capacity(id, bytes)) }
}

/// Sets how connecting to an IP address of the simulated network goes, such as "192.0.2.1", whatever the
/// port: it takes `delay_ms` milliseconds, and fails then with the error number `os_error`, such as
/// ECONNREFUSED, unless that is 0. UINT32_MAX milliseconds are longer than any client waits. Without it
/// connecting takes no time. A client that dials several addresses (`oxws_config_add_dial_address`) races them.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` on an ordinary loop; `OXWS_ERROR_INVALID_ARGUMENT` if the address is
/// none, or for a negative number; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `address` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_set_route(
    r#loop: *mut oxws_loop,
    address: *const c_char,
    delay_ms: u32,
    os_error: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            core.simulated_now()?;
            core.set_route(ip_address(text(address)?)?, delay_ms, error_number(os_error)?)
        })
    }
}

/// Breaks a connection of a test loop: what has not arrived is lost, and both ends find the error number
/// `os_error`, such as ECONNRESET, in their next round. With 0 both find that the other one has stopped
/// sending, after what was under way.
///
/// Errors: as for `oxws_test_set_link`, and `OXWS_ERROR_INVALID_ARGUMENT` for a negative number.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_break(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    os_error: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            core.simulated_now()?;
            core.break_connection(connection, error_number(os_error)?)
        })
    }
}

/// Freezes what a connection of a test loop sends (`frozen` 1): nothing of it arrives, as if a cable were
/// cut, and nobody is told. With 0 it thaws: what should have arrived meanwhile does so now.
///
/// Errors: as for `oxws_test_set_link`, and `OXWS_ERROR_INVALID_ARGUMENT` if `frozen` is neither 0 nor 1.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_freeze(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    frozen: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            core.simulated_now()?;
            core.freeze(connection, switch(frozen)?)
        })
    }
}

/// Lets a connection of a test loop receive `len` bytes as if its peer had sent them: behind what the peer
/// has sent, by the same link, whatever they are. So a program is tested against a peer that breaks the
/// protocol. On a connection through TLS they come below it, where nobody without the keys can say anything.
/// `data` may be NULL if `len` is 0.
///
/// Errors: as for `oxws_test_set_link`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `data` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_inject(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    data: *const c_void,
    len: usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, |core| core.inject(connection, bytes(data, len)?)) }
}
