//! What a configuration says of servers that lead elsewhere.

use super::config::{oxws_config, with_config};
use super::status::oxws_status;
use crate::protocol::error::ErrorCode;

/// The most that may be allowed.
const MOST: u32 = 5;

/// Sets how many redirects a client follows for each attempt to connect: 0, the default, to 5. Clients
/// only.
///
/// An answer with the status 301, 302, 303, 307 or 308 and one Location, absolute or relative, is followed,
/// to `http:` and `https:` as to `ws:` and `wss:`; all of it within the one handshake timeout, through the
/// proxy and with the TLS config that are meant for the new address. `on_connecting` is called before each
/// request, `on_response` with the last answer only. The body of the others is thrown away.
///
/// Where scheme, host or port differ, Authorization, Cookie and Proxy-Authorization do not go along, nor
/// any field whose name has auth, cookie, credential, key, password, secret, session or token in it;
/// `on_connecting` can add them. Origin, subprotocols and all other fields do. Addresses of
/// `oxws_config_add_dial_address` are not those of another site.
///
/// `on_close` tells of one redirect too many (`OXWS_ERROR_TOO_MANY_REDIRECTS`), and of one that is not
/// followed (`OXWS_ERROR_REDIRECT_REFUSED`): from `wss:` to `ws:`, from or to a Unix-domain socket, with a
/// user name or password, or without a Location that can be dialled. A connection that comes back
/// (`oxws_config_reconnect`) begins at its own URL.
///
/// Errors: `OXWS_ERROR_INVALID_ARGUMENT` for more than 5.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_max_redirects(
    config: *mut oxws_config,
    redirects: u32,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            if redirects > MOST {
                return Err(ErrorCode::InvalidArgument);
            }
            config.max_redirects = redirects;
            Ok(())
        })
    }
}
