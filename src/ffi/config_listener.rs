//! What a listener lets in, in a configuration.

use super::config::{oxws_config, with_config};
use super::guard::switch;
use super::status::oxws_status;
use crate::protocol::error::ErrorCode;

/// Sets how many connections a listener may have at once; more are answered with 503. By default 64 less
/// than the process may have descriptors.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_max_connections(
    config: *mut oxws_config,
    count: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            if count == 0 {
                return Err(ErrorCode::InvalidArgument);
            }
            config.max_connections = Some(count);
            Ok(())
        })
    }
}

/// Sets how many connections of a listener may come from one IP address; more are answered with 503. 0
/// (any number) by default. With `oxws_config_trust_proxy_header` it is the client's address that counts.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_max_connections_per_address(
    config: *mut oxws_config,
    count: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.max_connections_per_address = count;
            Ok(())
        })
    }
}

/// Sets how many connections the system may hold for a listener until they are accepted; 1024 by
/// default. The system has a limit of its own.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 0 or more than 65,535.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_backlog(config: *mut oxws_config, count: u32) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            if count == 0 || count > 65_535 {
                return Err(ErrorCode::InvalidArgument);
            }
            config.backlog = i32::try_from(count).unwrap_or(i32::MAX);
            Ok(())
        })
    }
}

/// Lets several listeners, also of other loops and processes, have the same address, among which the
/// system shares out the connections (SO_REUSEPORT): one loop for each thread. Off (0) by default.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if `enabled` is neither 0 nor 1.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_reuse_port(
    config: *mut oxws_config,
    enabled: i32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.reuse_port = switch(enabled)?;
            Ok(())
        })
    }
}
