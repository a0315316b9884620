//! Taking a connection's descriptor back from a loop.

use std::ffi::c_void;

use super::dispatch::Action;
use super::loop_handle::{oxws_loop, with_core};
use super::status::oxws_status;
use super::vocabulary::oxws_connection;
use crate::protocol::error::ErrorCode;

/// Called once for each `oxws_detach` that gave `OXWS_OK`.
///
/// `fd` is the connected socket, which is the program's from now on, to be used and closed by it; it
/// does not block. `unread` are `unread_len` bytes that were received before and not used: what comes
/// next on the wire stands behind them. They are lent until the callback returns. If the connection
/// ended before it could be handed over, `fd` is -1 and there are none.
pub type oxws_detach_callback = Option<
    unsafe extern "C" fn(
        r#loop: *mut oxws_loop,
        connection: oxws_connection,
        fd: i32,
        unread: *const u8,
        unread_len: usize,
        context: *mut c_void,
    ),
>;

/// Gives the socket of a connection back to the program, to be used without this library: for another
/// protocol that a request asks for, or in another process. Nothing more is read; what waits to be
/// sent, and what is sent meanwhile, leaves first. Then `callback` is called in a round of the loop
/// with the descriptor, and after it `on_close` with `OXWS_ERROR_DETACHED`.
///
/// A server can detach a connection whose request waits for a decision, instead of answering: the
/// request has been read then, and what follows it is unread. An open connection is detached between
/// two messages, as inside `on_message`. If compression was agreed on (`oxws_get_deflate`), the peer goes on
/// with it: whoever has the socket then must know of it, which `oxws_adopt_open` does not.
///
/// Errors, after which nothing is called back: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_CLOSED` if the
/// connection has ended; `OXWS_ERROR_INVALID_STATE` while it is being made, while a part of a request,
/// a response or a message has passed without the rest, after the peer's Close frame, or if it is being
/// detached already; `OXWS_ERROR_UNSUPPORTED` on a test loop.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_detach(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    callback: oxws_detach_callback,
    context: *mut c_void,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            if callback.is_none() {
                return Err(ErrorCode::NullArgument);
            }
            core.detach(connection, Action::Detach(callback, context))
        })
    }
}
