//! The test kit for endpoints without I/O.

use super::protocol_handle::{oxws_protocol, with_protocol};
use super::status::oxws_status;

/// Masks what the endpoint sends from now on with this key, for tests that compare bytes: a key that is
/// known protects nothing (RFC 6455 section 10.3). NULL: random keys again.
///
/// Errors: none of its own.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `protocol` is NULL or an endpoint that has not been freed and that no other thread uses meanwhile;
/// `key` is NULL or points to 4 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_test_protocol_masking_key(
    protocol: *mut oxws_protocol,
    key: *const u8,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_protocol(protocol, |protocol| {
            let key = key.cast::<[u8; 4]>().as_ref().copied();
            protocol.driver.keys_mut().pool().fix(key);
            Ok(())
        })
    }
}
