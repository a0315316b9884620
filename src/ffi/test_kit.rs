//! The test kit: a loop whose network and clock are simulated, so that a program can be tested with
//! its callbacks, timers and reconnects, and without a network.

use std::ffi::c_int;
use std::time::Duration;

use super::config::oxws_config;
#[cfg(not(test))]
use super::guard::quieten_panics;
use super::guard::{guard_or, reference, required, write};
use super::loop_handle::{oxws_loop, with_core, with_loop};
use super::status::oxws_status;
use super::vocabulary::oxws_connection;
use crate::net::event_loop::EventLoop;
use crate::protocol::error::ErrorCode;
use crate::protocol::opcode::Role;

/// Rounds in which no time passes, after which something goes round in circles.
const MAX_IDLE_ROUNDS: u32 = 100_000;

/// Makes a loop for tests, which belongs to the calling thread. A program uses it like any other: the
/// same configs, callbacks, timers and functions. But its network and its clock are simulated.
///
/// `oxws_listen` takes any host, such as `ws://chat.example:8080`, and listens within this loop alone;
/// `oxws_connect` reaches it there, by the same host and port or by any host if it listens at `*`. Where
/// nobody listens connecting fails with ECONNREFUSED; no name is looked up. Paths of Unix-domain sockets
/// are names too, and no file is made.
///
/// The clock begins at 0, stands still while callbacks run, and moves where another loop would wait: a
/// round that finds nothing to do moves it to the next deadline or arrival, at most by its timeout, and
/// returns at once. So `oxws_loop_run` plays hours in milliseconds. A round without a timeout for which
/// nothing can ever happen gives `OXWS_ERROR_INVALID_STATE` instead of waiting for ever; other threads may
/// post and send as always, but are not waited for.
///
/// With `oxws_test_set_masking_key` a run is the same each time, byte for byte. TLS is spoken at `wss:` as
/// anywhere, with random numbers of its own and the date of the system, so that what passes there is another
/// each time.
///
/// `oxws_loop_fd`, `oxws_listen_fd`, `oxws_watch_start`, `oxws_adopt_server` and its like, and `oxws_detach`
/// give `OXWS_ERROR_UNSUPPORTED`. It is freed by `oxws_loop_free`. NULL if there is no descriptor left.
///
/// Thread: any.
#[unsafe(no_mangle)]
pub extern "C" fn oxws_test_loop_new() -> *mut oxws_loop {
    #[cfg(not(test))]
    quieten_panics();
    guard_or(std::ptr::null_mut(), || match EventLoop::simulated() {
        Ok(core) => Box::into_raw(Box::new(oxws_loop::new(core))),
        Err(_) => std::ptr::null_mut(),
    })
}

/// The time of a test loop, in microseconds since it was made.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` on an ordinary loop.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `now_us` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_now_us(
    r#loop: *const oxws_loop,
    now_us: *mut u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let place = required(now_us)?;
            write(place, core.simulated_now()?.micros());
            Ok(())
        })
    }
}

/// Runs rounds of a test loop until `ms` milliseconds of its time have passed, deadline after deadline
/// in their order, and everything has been done that is due by then. 0 does what is due now.
/// `oxws_loop_stop` does not end it.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` on an ordinary loop, and if 100,000 rounds go by without time
/// passing, as when two sides answer each other for ever; those of `oxws_loop_poll`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_advance_ms(r#loop: *mut oxws_loop, ms: u32) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe { with_loop(r#loop, |event_loop| advance(event_loop, r#loop, ms)) }
}

fn advance(event_loop: &oxws_loop, handle: *mut oxws_loop, ms: u32) -> Result<(), ErrorCode> {
    if event_loop.is_polling.get() {
        return Err(ErrorCode::Busy);
    }
    let mut now = event_loop.core()?.simulated_now()?;
    let end = now.after_ms(ms);
    let mut idle_rounds = 0;
    while now < end || event_loop.core()?.has_news()? {
        event_loop.round(handle, Some(Duration::from_micros(end.micros_since(now))))?;
        let before = std::mem::replace(&mut now, event_loop.core()?.simulated_now()?);
        idle_rounds = if now > before { 0 } else { idle_rounds + 1 };
        if idle_rounds > MAX_IDLE_ROUNDS {
            return Err(ErrorCode::InvalidState);
        }
    }
    Ok(())
}

/// Masks every frame that the clients of a test loop send with these four bytes, and takes what else is
/// random from them too: the key of a request, and how far the moments of keepalive pings are spread.
/// NULL: all of it is random again, as it is at first.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` on an ordinary loop.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `key` is NULL or points to 4 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_set_masking_key(
    r#loop: *mut oxws_loop,
    key: *const u8,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| core.fix_masking_key(key.cast::<[u8; 4]>().as_ref().copied()))
    }
}

/// Lets the next `count` attempts of a test loop to connect fail with the error number `os_error`, such
/// as ENETUNREACH; with 0 nobody answers them, until the handshake timeout is over. It replaces what was
/// left of an earlier call.
///
/// Errors: `OXWS_ERROR_INVALID_STATE` on an ordinary loop; `OXWS_ERROR_INVALID_ARGUMENT` for a negative
/// number.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_refuse_connects(
    r#loop: *mut oxws_loop,
    count: u32,
    os_error: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            core.simulated_now()?;
            core.refuse_connects(count, error_number(os_error)?)
        })
    }
}

/// Connects a server to a client within a test loop, without a listener. The opening handshake goes on
/// while the loop runs: the callbacks of both configs are called as for any other connection, the
/// request is that of the URL `ws://pair.example/`, so that TLS is not spoken. The configs are copied.
///
/// `server` and `client` get the ids, and may be NULL. Whatever comes, `on_close` is called for both.
///
/// Errors, after which nothing is called back: `OXWS_ERROR_INVALID_STATE` on an ordinary loop, and while
/// `oxws_loop_shutdown` is at work; `OXWS_ERROR_LOOP_FREED` inside `oxws_loop_free`;
/// `OXWS_ERROR_INVALID_HEADER`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, the configs are NULL or valid, `server` and
/// `client` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_pair(
    r#loop: *mut oxws_loop,
    server_config: *const oxws_config,
    client_config: *const oxws_config,
    server: *mut oxws_connection,
    client: *mut oxws_connection,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let mut core = event_loop.core_for_new()?;
            let (serving, dialling) = (reference(server_config)?, reference(client_config)?);
            core.simulated_now()?;
            let (_, request) = dialling.dial("ws://pair.example/")?;
            let (serving, dialling) =
                (serving.endpoint(Role::Server), dialling.endpoint(Role::Client));
            let ids = core.pair(serving, request, dialling)?;
            write(server, ids.0);
            write(client, ids.1);
            Ok(())
        })
    }
}

/// An error number of the system, or 0.
pub(super) fn error_number(os_error: c_int) -> Result<c_int, ErrorCode> {
    if os_error < 0 { Err(ErrorCode::InvalidArgument) } else { Ok(os_error) }
}
