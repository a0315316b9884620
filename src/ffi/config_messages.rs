//! How messages and pings are taken: whole or piece by piece, answered by the library or not.

use std::ffi::c_void;

use super::config::{oxws_config, with_config};
use super::guard::switch;
use super::loop_handle::oxws_loop;
use super::status::oxws_status;
use super::vocabulary::{oxws_connection, oxws_message_type};

/// Where in its message a chunk stands; bits that can be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum oxws_chunk_flag {
    /// It is the first of its message.
    OXWS_CHUNK_FIRST = 1,
    /// It is the last of its message.
    OXWS_CHUNK_LAST = 2,
}

/// Called with a piece of a message as it comes: `len` bytes, which may be 0, lent until the callback
/// returns; `data` is never NULL. `flags` are bits of `oxws_chunk_flag`; a message that comes at once is
/// one chunk with both. A text is checked as it comes, and a chunk of it may end inside a character.
pub type oxws_chunk_callback = Option<
    unsafe extern "C" fn(
        r#loop: *mut oxws_loop,
        connection: oxws_connection,
        r#type: oxws_message_type,
        data: *const u8,
        len: usize,
        flags: u32,
        user: *mut c_void,
    ),
>;

/// Calls `callback` for each message piece by piece, as its bytes come, instead of `on_message`: for
/// messages that need not be held in memory. Pieces are as large as what was received, at most 512 KiB,
/// and have nothing to do with frames.
///
/// All limits count as before, that on the whole message too (`oxws_config_max_message_bytes`); one that
/// is passed in the middle closes the connection, and the rest of the message does not come.
///
/// NULL: not interested.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_on_chunk(
    config: *mut oxws_config,
    callback: oxws_chunk_callback,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.callbacks.on_chunk = callback;
            Ok(())
        })
    }
}

/// Has pings answered by the library (1, the default), or not (0): then `on_ping` answers with
/// `oxws_pong`, at once or later. RFC 6455 section 5.5.2 demands an answer as soon as is practical.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `enabled` is neither 0 nor 1.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_auto_pong(
    config: *mut oxws_config,
    enabled: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.answers_pings = switch(enabled)?;
            Ok(())
        })
    }
}
