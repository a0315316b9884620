//! What a configuration says of the way by which a client reaches an address.

use std::ffi::c_char;
use std::net::IpAddr;
use std::sync::Arc;

use super::config::{oxws_config, with_config};
use super::guard::optional_text;
use super::status::oxws_status;
use crate::net::dial::Dialling;
use crate::protocol::error::ErrorCode;

/// No attempt follows another sooner, in milliseconds (RFC 8305 section 5).
const MIN_ATTEMPT_DELAY_MS: u32 = 10;

/// Names of network interfaces are shorter.
const INTERFACE_BYTES: usize = 16;

pub(super) fn ip_address(text: &str) -> Result<IpAddr, ErrorCode> {
    text.parse().map_err(|_| ErrorCode::InvalidArgument)
}

fn interface(name: &str) -> Result<Box<str>, ErrorCode> {
    if !Dialling::HAS_INTERFACES {
        return Err(ErrorCode::Unsupported);
    }
    if name.is_empty() || name.len() >= INTERFACE_BYTES {
        return Err(ErrorCode::InvalidArgument);
    }
    Ok(name.into())
}

/// Sets how long a client waits for an address to answer before it tries the next one too, in
/// milliseconds: 250 by default, at least 10. 0 tries one after another, each with an equal share of what is
/// left of the handshake timeout.
///
/// A name may have several addresses, of which some do not answer. They are tried as RFC 8305 says: the
/// families by turns, beginning with the address that the system prefers; an attempt that fails is followed
/// by the next at once, one without an answer after this time, without being given up. The first connection
/// that comes about is the one; the other attempts end. At most 16 addresses are tried, all within the handshake
/// timeout (`oxws_config_handshake_timeout_ms`); if none can be reached, `on_close` has the error number of
/// the last. The system looks up addresses of both families in one go, so that nothing is tried until it
/// has the answers for both. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for 1 to 9.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_connection_attempt_delay_ms(
    config: *mut oxws_config,
    ms: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            if ms != 0 && ms < MIN_ATTEMPT_DELAY_MS {
                return Err(ErrorCode::InvalidArgument);
            }
            Arc::make_mut(&mut config.dialling).attempt_delay_ms = ms;
            Ok(())
        })
    }
}

/// Adds an IP address that clients dial instead of looking up the host of the URL, such as "192.0.2.1" or
/// "2001:db8::1", at the URL's port; several are tried like the addresses of a name, those that were added
/// first before the others. The URL's host is still what the request names, and what a certificate must name.
/// So a program that looks names up by itself, or wants one server of several, says where to go. Connections
/// through a proxy and to Unix-domain sockets take no notice of it. NULL: forgets them all; there are
/// none by default. Clients only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for anything else; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `address`
/// is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_add_dial_address(
    config: *mut oxws_config,
    address: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            match optional_text(address)? {
                Some(address) => {
                    Arc::make_mut(&mut config.dialling).addresses.push(ip_address(address)?)
                }
                None => Arc::make_mut(&mut config.dialling).addresses.clear(),
            }
            Ok(())
        })
    }
}

/// Sets the IP address of this machine from which clients connect, such as "192.0.2.1", as a machine with
/// several may need; NULL, the default, leaves it to the system. Addresses of the other family are not
/// tried then. If this machine does not have it, or none of the peer's addresses is of its family, `on_close`
/// has EADDRNOTAVAIL. Clients only, TCP only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for anything else; `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `address`
/// is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_bind_address(
    config: *mut oxws_config,
    address: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            Arc::make_mut(&mut config.dialling).bind_address =
                optional_text(address)?.map(ip_address).transpose()?;
            Ok(())
        })
    }
}

/// Sets the network interface over which clients connect, such as "eth0" (`SO_BINDTODEVICE`); NULL, the
/// default, leaves it to the system. If there is none of that name when a connection is made, `on_close` has
/// ENODEV; if the program may not choose, EPERM. Clients only, TCP only.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` if the name is empty or has more than 15 bytes;
/// `OXWS_ERROR_UNSUPPORTED` where the system has no such option: it is one of Linux;
/// `OXWS_ERROR_INVALID_UTF8`.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `name` is
/// NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_interface(
    config: *mut oxws_config,
    name: *const c_char,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            Arc::make_mut(&mut config.dialling).interface =
                optional_text(name)?.map(interface).transpose()?;
            Ok(())
        })
    }
}
