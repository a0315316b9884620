//! What accompanies a message through the loop: the program's callback, and the bytes that it lends.

use std::any::Any;
use std::ffi::c_void;

use super::loop_handle::oxws_loop;
use super::status::{OXWS_OK, oxws_status};
use super::vocabulary::oxws_connection;
use crate::net::parcel::{Delivery, Parcel};
use crate::protocol::error::ErrorCode;

/// Called once for a message that was sent with it: with `OXWS_OK` when the system has taken all of it,
/// which does not mean that the peer has; otherwise with what kept it from that:
/// `OXWS_ERROR_CLOSED` where the connection ended first, and part of it may have left;
/// `OXWS_ERROR_NOT_FOUND`, `OXWS_ERROR_NOT_OPEN`, `OXWS_ERROR_INVALID_STATE` and
/// `OXWS_ERROR_OUT_OF_MEMORY` where it came from another thread and could not be sent;
/// `OXWS_ERROR_LOOP_FREED`. It comes before the connection's `on_close`, unless the connection had ended
/// already.
pub type oxws_sent_callback = Option<
    unsafe extern "C" fn(
        r#loop: *mut oxws_loop,
        connection: oxws_connection,
        status: oxws_status,
        context: *mut c_void,
    ),
>;

/// Called once when the library does not need `data` any more, whatever became of the message.
pub type oxws_release_callback =
    Option<unsafe extern "C" fn(data: *const c_void, len: usize, context: *mut c_void)>;

/// A message's companion.
#[derive(Debug)]
pub(super) struct Companion {
    bytes: Bytes,
    wish: Wish,
}

#[derive(Debug)]
enum Bytes {
    /// Copied into the queue of the connection.
    Queued,
    /// A copy that crosses from another thread.
    Owned(Box<[u8]>),
    /// The program's.
    Lent(*const c_void, usize),
}

#[derive(Debug)]
enum Wish {
    Sent(oxws_sent_callback, *mut c_void),
    Released(oxws_release_callback, *mut c_void),
}

// SAFETY: the library never follows the context; it only hands it back. The bytes are read by one
// thread at a time, and the program promises that nobody changes them until they are released.
unsafe impl Send for Companion {}

impl Companion {
    /// The program wants to be told of a message whose bytes are queued.
    pub(super) fn to_tell(callback: oxws_sent_callback, context: *mut c_void) -> Box<dyn Parcel> {
        Box::new(Companion { bytes: Bytes::Queued, wish: Wish::Sent(callback, context) })
    }

    /// The same, with the bytes.
    pub(super) fn with_copy(
        bytes: Box<[u8]>,
        callback: oxws_sent_callback,
        context: *mut c_void,
    ) -> Box<dyn Parcel> {
        Box::new(Companion { bytes: Bytes::Owned(bytes), wish: Wish::Sent(callback, context) })
    }

    /// The program lends the bytes.
    ///
    /// # Safety
    ///
    /// `data` points to `len` bytes, or `len` is 0, until `callback` is called.
    pub(super) unsafe fn lending(
        data: *const c_void,
        len: usize,
        callback: oxws_release_callback,
        context: *mut c_void,
    ) -> Box<dyn Parcel> {
        let wish = Wish::Released(callback, context);
        Box::new(Companion { bytes: Bytes::Lent(data, len), wish })
    }
}

impl Parcel for Companion {
    fn payload(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Queued | Bytes::Lent(_, 0) => &[],
            Bytes::Owned(bytes) => bytes,
            // SAFETY: promised to `lending`.
            Bytes::Lent(data, len) => unsafe { std::slice::from_raw_parts(data.cast(), *len) },
        }
    }
}

/// Calls what the program wants to be called.
pub(super) fn deliver(handle: *mut oxws_loop, delivery: Delivery) {
    let any: Box<dyn Any> = delivery.parcel;
    let Ok(companion) = any.downcast::<Companion>() else {
        return;
    };
    match (companion.wish, companion.bytes) {
        (Wish::Sent(Some(callback), context), _) => {
            let status = delivery.result.map_or_else(ErrorCode::number, |()| OXWS_OK);
            // SAFETY: the program gave the callback for this purpose.
            unsafe { callback(handle, delivery.id, status, context) };
        }
        (Wish::Released(Some(callback), context), Bytes::Lent(data, len)) => {
            // SAFETY: the program gave the callback for this purpose.
            unsafe { callback(data, len, context) };
        }
        _ => {}
    }
}
