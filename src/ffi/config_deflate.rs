//! Compression (permessage-deflate, RFC 7692) in a config, and what came of it on a connection.

use super::config::{oxws_config, with_config};
use super::dispatch::CHost;
use super::guard::{switch, write};
use super::loop_handle::{oxws_loop, with_core};
use super::protocol_handle::{oxws_protocol, with_protocol};
use super::status::oxws_status;
use super::vocabulary::oxws_connection;
use crate::net::event_loop::EventLoop;
use crate::protocol::deflate::terms::{Direction, WINDOW_BITS};
use crate::protocol::error::ErrorCode;

/// Has messages compressed where the peer agrees (1), or not (0, the default): a server accepts offers, a
/// client makes one. What follows from it for memory is said at `oxws_config_deflate_takeover`.
///
/// What is secret and stands beside what an attacker chooses must not be compressed together with it, as
/// its length would tell of it: `OXWS_SEND_SKIP_COMPRESSION`.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `enabled` is neither 0 nor 1.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_deflate(
    config: *mut oxws_config,
    enabled: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.compresses = switch(enabled)?;
            Ok(())
        })
    }
}

/// Lets a message refer to those before it (1), which makes similar messages much smaller, or not (0, the
/// default): `own` for what this side sends, `peer` for what the peer sends.
///
/// A connection keeps a stream for each direction that takes something over: some 280 KiB to compress with
/// 15 window bits, 160 KiB with 10, and up to 45 KiB to decompress. Without, streams are shared by the
/// connections of a loop, and an idle one has none.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if one of them is neither 0 nor 1.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_deflate_takeover(
    config: *mut oxws_config,
    own: i32,
    peer: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            let (own, peer) = (switch(own)?, switch(peer)?);
            config.compression.wishes.own.takes_over = own;
            config.compression.wishes.peer.takes_over = peer;
            Ok(())
        })
    }
}

/// Sets how far a message may refer back, as a power of two from 8 to 15, which is the default: `own` for
/// what this side sends, `peer` for what the peer sends. Less needs less memory on the side that
/// compresses, and less time where many connections take their context over. A server can ask less only of
/// a client that offers it.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for another number.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_deflate_window_bits(
    config: *mut oxws_config,
    own: u32,
    peer: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            let (own, peer) = (window_bits(own)?, window_bits(peer)?);
            config.compression.wishes.own.window_bits = own;
            config.compression.wishes.peer.window_bits = peer;
            Ok(())
        })
    }
}

fn window_bits(number: u32) -> Result<u8, ErrorCode> {
    let bits = u8::try_from(number).map_err(|_| ErrorCode::InvalidArgument)?;
    if WINDOW_BITS.contains(&bits) { Ok(bits) } else { Err(ErrorCode::InvalidArgument) }
}

/// Sets how much time is spent on smallness: 1 (fast) to 9 (small); 5 by default. 6 makes messages up to
/// 1 % smaller, in up to a third more time.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for another number.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_deflate_level(
    config: *mut oxws_config,
    level: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.compression.level = match u8::try_from(level) {
                Ok(level @ 1..=9) => level,
                _ => return Err(ErrorCode::InvalidArgument),
            };
            Ok(())
        })
    }
}

/// Sets below how many bytes a message is sent as it is, unless `OXWS_SEND_FORCE_COMPRESSION` says
/// otherwise; 64 by default. One that leaves in pieces (`oxws_send_begin`) counts as large, unless this is
/// `UINT64_MAX`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_deflate_threshold_bytes(
    config: *mut oxws_config,
    bytes: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.compression.threshold_bytes = bytes;
            Ok(())
        })
    }
}

/// Sets how many times as large as on the wire a received message may become, once it has more than
/// 65,536 bytes; more close the connection with 1009. 0 (any number, up to
/// `oxws_config_max_message_bytes`) by default; plain text reaches 10 and more, and nothing more than 1,032.
/// Bytes of a frame that are still to come count: memory is bounded by `oxws_config_max_message_bytes`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_deflate_max_ratio(
    config: *mut oxws_config,
    ratio: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.compression.max_ratio = ratio;
            Ok(())
        })
    }
}

/// Sets the largest compressed message that is received, in bytes as they come over the wire; by default an
/// eighth more than a message may have once it is inflated (`oxws_config_max_message_bytes`) and 64, as
/// what cannot be made smaller becomes a little larger. A larger one closes the connection with 1009.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_max_wire_message_bytes(
    config: *mut oxws_config,
    bytes: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.max_wire_message_bytes = Some(positive(bytes)?);
            Ok(())
        })
    }
}

/// Sets how many bytes one frame of a compressed message may come to once it is inflated; by default as
/// many as a whole message. A larger one closes the connection with 1009.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_max_inflated_frame_bytes(
    config: *mut oxws_config,
    bytes: u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.max_inflated_frame_bytes = Some(positive(bytes)?);
            Ok(())
        })
    }
}

fn positive(bytes: u64) -> Result<u64, ErrorCode> {
    if bytes == 0 { Err(ErrorCode::InvalidArgument) } else { Ok(bytes) }
}

/// What was agreed on about compression: `agreed` is 1 if messages are compressed and 0 if not; then, for
/// what this side sends and for what the peer sends, whether a message may refer to those before it, and
/// how far as a power of two (0 if nothing was agreed on). Each place may be NULL.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed; the others are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_deflate(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    agreed: *mut i32,
    own_takeover: *mut i32,
    own_window_bits: *mut u32,
    peer_takeover: *mut i32,
    peer_window_bits: *mut u32,
) -> oxws_status {
    let body = |core: &mut EventLoop<CHost>| {
        let places =
            Places { agreed, own_takeover, own_window_bits, peer_takeover, peer_window_bits };
        // SAFETY: promised by the caller.
        unsafe { places.fill(core.compression(connection)?) };
        Ok(())
    };
    // SAFETY: promised by the caller.
    unsafe { with_core(r#loop, body) }
}

/// As `oxws_get_deflate`, for an endpoint without I/O.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile; the
/// others are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_protocol_get_deflate(
    protocol: *mut oxws_protocol,
    agreed: *mut i32,
    own_takeover: *mut i32,
    own_window_bits: *mut u32,
    peer_takeover: *mut i32,
    peer_window_bits: *mut u32,
) -> oxws_status {
    let places = Places { agreed, own_takeover, own_window_bits, peer_takeover, peer_window_bits };
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            places.fill(protocol.driver.connection().compression_of_sides());
            Ok(())
        })
    }
}

/// Where the answer goes.
struct Places {
    agreed: *mut i32,
    own_takeover: *mut i32,
    own_window_bits: *mut u32,
    peer_takeover: *mut i32,
    peer_window_bits: *mut u32,
}

impl Places {
    /// # Safety
    ///
    /// Each place is NULL or writable.
    unsafe fn fill(&self, sides: Option<(Direction, Direction)>) {
        let (own, peer) = (sides.map(|sides| sides.0), sides.map(|sides| sides.1));
        let takes_over = |it: Option<Direction>| it.is_some_and(|it| it.takes_over);
        // SAFETY: promised by the caller.
        unsafe {
            write(self.agreed, i32::from(own.is_some()));
            write(self.own_takeover, i32::from(takes_over(own)));
            write(self.own_window_bits, own.map_or(0, |it| u32::from(it.window_bits)));
            write(self.peer_takeover, i32::from(takes_over(peer)));
            write(self.peer_window_bits, peer.map_or(0, |it| u32::from(it.window_bits)));
        }
    }
}
