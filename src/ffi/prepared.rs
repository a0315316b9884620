//! Messages that are made once and sent often.

use std::ffi::c_void;
use std::sync::Arc;

use super::connection::message_type;
use super::dispatch::type_number;
use super::guard::{bytes, guard, guard_or, reference, required, write};
use super::lend::lend_bytes;
use super::loop_handle::{oxws_loop, with_loop};
use super::message::compression_choice;
use super::parcel::{Companion, oxws_sent_callback};
use super::protocol_handle::{oxws_protocol, with_protocol};
use super::status::oxws_status;
use super::vocabulary::{oxws_connection, oxws_listener, oxws_message_type};
use crate::net::broadcast::Audience;
use crate::net::mailbox::Command;
use crate::protocol::connection::Prepared;
use crate::protocol::error::ErrorCode;
use crate::protocol::time::Time;

/// A message that is framed once, and compressed once for each way of doing so that connections have agreed
/// on, however many it is sent to: what they send is the same memory. It never changes.
///
/// Made by `oxws_prepared_new` and `oxws_prepared_ref`; each handle is ended by `oxws_prepared_free`, which may be
/// done at once after sending. It belongs to no loop: several threads may use one handle at once.
pub struct oxws_prepared {
    message: Arc<Prepared>,
}

/// Makes a message of `len` bytes that can be sent often; they are copied. `type` is an `oxws_message_type`;
/// text must be UTF-8, which is not looked at again. `data` may be NULL if `len` is 0. `flags` are of
/// `oxws_send_flag`. `prepared` gets the handle.
///
/// Errors: `OXWS_ERROR_NULL_ARGUMENT`; `OXWS_ERROR_INVALID_ARGUMENT` for another type or an unknown flag;
/// `OXWS_ERROR_INVALID_UTF8`; `OXWS_ERROR_OUT_OF_MEMORY`.
///
/// Thread: any.
///
/// # Safety
///
/// `data` is NULL or points to `len` bytes, `prepared` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_prepared_new(
    r#type: i32,
    data: *const c_void,
    len: usize,
    flags: u32,
    prepared: *mut *mut oxws_prepared,
) -> oxws_status {
    guard(|| {
        let place = required(prepared)?;
        let (kind, choice) = (message_type(r#type)?, compression_choice(flags)?);
        // SAFETY: promised by the caller.
        unsafe {
            let message = Arc::new(Prepared::new(kind, bytes(data, len)?, choice)?);
            write(place, Box::into_raw(Box::new(oxws_prepared { message })));
        }
        Ok(())
    })
}

/// Another handle for the same message, which is freed apart from the first one. NULL for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `prepared` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_prepared_ref(prepared: *const oxws_prepared) -> *mut oxws_prepared {
    guard_or(std::ptr::null_mut(), || {
        // SAFETY: promised by the caller.
        match unsafe { reference(prepared) } {
            Ok(prepared) => {
                let message = Arc::clone(&prepared.message);
                Box::into_raw(Box::new(oxws_prepared { message }))
            }
            Err(_) => std::ptr::null_mut(),
        }
    })
}

/// Ends a handle. What has been sent with it leaves all the same. NULL is allowed.
///
/// Thread: any.
///
/// # Safety
///
/// `prepared` is NULL, or valid and not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_prepared_free(prepared: *mut oxws_prepared) {
    if !prepared.is_null() {
        // SAFETY: promised by the caller.
        let prepared = unsafe { Box::from_raw(prepared) };
        guard_or((), || drop(prepared));
    }
}

/// Whether a message is text or binary. `OXWS_MESSAGE_BINARY` for NULL.
///
/// Thread: any.
///
/// # Safety
///
/// `prepared` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_prepared_type(prepared: *const oxws_prepared) -> oxws_message_type {
    guard_or(oxws_message_type::OXWS_MESSAGE_BINARY, || {
        // SAFETY: promised by the caller.
        match unsafe { reference(prepared) } {
            Ok(prepared) => type_number(prepared.message.kind()),
            Err(_) => oxws_message_type::OXWS_MESSAGE_BINARY,
        }
    })
}

/// The bytes of a message, `*len` of them, which live as long as the handle. `len` may be NULL. NULL, and a
/// length of 0, for NULL; an empty message has a pointer to no bytes.
///
/// Thread: any.
///
/// # Safety
///
/// `prepared` is NULL or valid, `len` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_prepared_data(
    prepared: *const oxws_prepared,
    len: *mut usize,
) -> *const u8 {
    // SAFETY: promised by the caller.
    unsafe { lend_bytes(prepared, len, |prepared| Some(prepared.message.payload())) }
}

/// Sends a message that was prepared, as `oxws_send` does. A server's connection sends the same memory as all
/// others, without a copy of its own; what a client sends is masked and so copied, and so is what is
/// compressed with a window that is taken over from message to message (`oxws_config_deflate_takeover`).
///
/// `on_sent` is called, with `context`, when it is known what became of the message, as for `oxws_send_with`;
/// it may be NULL. The handle may be freed at once.
///
/// Errors, after which `on_sent` is not called: as for `oxws_send`; `OXWS_ERROR_NULL_ARGUMENT`.
///
/// Thread: any; `on_sent` is called on the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `prepared` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_send_prepared(
    r#loop: *mut oxws_loop,
    connection: oxws_connection,
    prepared: *const oxws_prepared,
    on_sent: oxws_sent_callback,
    context: *mut c_void,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let message = &reference(prepared)?.message;
            let parcel = on_sent.map(|_| Companion::to_tell(on_sent, context));
            if let Some(mut core) = event_loop.core_if_owner()? {
                return core.send_prepared(connection, message, parcel);
            }
            let command = Command::SendPrepared(connection, Arc::clone(message), parcel);
            event_loop.mailbox().put(command)
        })
    }
}

/// Queues a message that was prepared on an endpoint without I/O, as `oxws_protocol_send` does. Its output gets a
/// copy, as it belongs to the program; what is saved is framing, looking at text, and compressing it.
///
/// Errors: as for `oxws_protocol_send`; `OXWS_ERROR_NULL_ARGUMENT`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; `prepared`
/// is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_send_prepared(
    protocol: *mut oxws_protocol,
    prepared: *const oxws_prepared,
    now_us: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            let message = &reference(prepared)?.message;
            protocol.driver.set_now(Time::from_micros(now_us));
            protocol.driver.send_prepared(message)
        })
    }
}

/// Sends a message that was prepared to all connections of a loop that are open: if `listener` is not 0, to
/// those that it has accepted, and not to `except`, which may be 0. What is connecting or closing is left
/// out. Several messages of one round leave each connection together.
///
/// `sent` gets the number of connections that it is sent to. The others are refused: as much waits for them
/// as may, which `on_writable` tells the end of; a message leaves in pieces; or memory is short. `refused`
/// gets their number, of which the first `capacity` are written to `ids`. Each of the three may be NULL.
///
/// From another thread `ids`, `sent` and `refused` must be NULL: who is refused then is not known.
///
/// Errors, after which nothing is sent: `OXWS_ERROR_NULL_ARGUMENT`, also for a capacity without `ids`;
/// `OXWS_ERROR_NOT_FOUND` if there is no such listener; from another thread
/// `OXWS_ERROR_WRONG_THREAD` if results are wanted, and `OXWS_ERROR_WOULD_EXCEED` if the mailbox is full.
///
/// Thread: any.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `prepared` is NULL or valid, `ids` is NULL or has
/// `capacity` elements, `sent` and `refused` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_loop_broadcast(
    r#loop: *mut oxws_loop,
    prepared: *const oxws_prepared,
    listener: oxws_listener,
    except: oxws_connection,
    sent: *mut usize,
    ids: *mut oxws_connection,
    capacity: usize,
    refused: *mut usize,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_loop(r#loop, |event_loop| {
            let message = &reference(prepared)?.message;
            if ids.is_null() && capacity > 0 {
                return Err(ErrorCode::NullArgument);
            }
            let audience = Audience { listener, except };
            let Some(mut core) = event_loop.core_if_owner()? else {
                if !(sent.is_null() && ids.is_null() && refused.is_null()) {
                    return Err(ErrorCode::WrongThread);
                }
                let command = Command::Broadcast(Arc::clone(message), audience);
                return event_loop.mailbox().put(command);
            };
            let mut count = 0;
            let reached = core.broadcast(message, audience, |id| {
                if count < capacity {
                    write(ids.add(count), id);
                }
                count += 1;
            })?;
            write(sent, reached);
            write(refused, count);
            Ok(())
        })
    }
}
