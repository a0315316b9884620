//! How long a connection was at each stage on its way to being open.

use super::close_info::{ask, oxws_close_info};
use super::failure::oxws_stage;
use super::guard::{guard_or, required, write};
use super::loop_handle::{oxws_loop, with_core};
use super::status::oxws_status;
use super::vocabulary::oxws_connection;
use crate::protocol::error::ErrorCode;
use crate::protocol::event::CloseReport;
use crate::protocol::failure::Stage;

const RESOLVE: i32 = oxws_stage::OXWS_STAGE_RESOLVE as i32;
const CONNECT: i32 = oxws_stage::OXWS_STAGE_CONNECT as i32;
const TLS: i32 = oxws_stage::OXWS_STAGE_TLS as i32;
const PROXY: i32 = oxws_stage::OXWS_STAGE_PROXY as i32;
const HANDSHAKE: i32 = oxws_stage::OXWS_STAGE_HANDSHAKE as i32;

/// A stage that leads to an open connection; `None` for any other number.
fn timed_stage(number: i32) -> Option<Stage> {
    match number {
        RESOLVE => Some(Stage::Resolve),
        CONNECT => Some(Stage::Connect),
        TLS => Some(Stage::Tls),
        PROXY => Some(Stage::Proxy),
        HANDSHAKE => Some(Stage::Handshake),
        _ => None,
    }
}

/// How long a connection has been at one stage of its opening, in microseconds: `stage` is
/// `OXWS_STAGE_RESOLVE`, `_CONNECT`, `_PROXY`, `_TLS` or `_HANDSHAKE`. 0 for a stage that it did not go
/// through, as a server's connection, which begins where it is accepted, does with the first three.
///
/// It can be asked until `on_open` returns, where all of it is known; after that the library has forgotten
/// it. A connection that does not come to be open tells it by `oxws_close_info_stage_us`. The times are
/// those at which rounds of the loop begin: a program that is busy in its callbacks meanwhile measures itself.
///
/// Errors: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_INVALID_ARGUMENT` for any other stage;
/// `OXWS_ERROR_INVALID_STATE` when it has been forgotten.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `us` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_get_stage_us(
    r#loop: *const oxws_loop,
    connection: oxws_connection,
    stage: i32,
    us: *mut u64,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let place = required(us)?;
            let stage = timed_stage(stage).ok_or(ErrorCode::InvalidArgument)?;
            write(place, core.stage_times(connection)?.micros(stage));
            Ok(())
        })
    }
}

/// How long a connection that has never been open was at one stage of its opening, in microseconds, as
/// `oxws_get_stage_us` tells it of others: the stage at which it ended, `oxws_close_info_stage`, and those
/// before. 0 if it had been open, for any other stage, and for NULL.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `info` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_close_info_stage_us(info: *const oxws_close_info, stage: i32) -> u64 {
    let micros = |report: &CloseReport| timed_stage(stage).map_or(0, |it| report.times.micros(it));
    // SAFETY: promised by the caller.
    guard_or(0, || unsafe { ask(info, 0, micros) })
}
