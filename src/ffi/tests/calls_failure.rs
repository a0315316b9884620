//! The calls that tell of the cause of an end.

use std::ffi::CStr;
use std::ptr::{null, null_mut};

use super::super::close_code::oxws_reconnect;
use super::super::close_info::*;
use super::super::failure::*;
use super::super::guard::test_hook::arm;
use super::calls::*;
use crate::protocol::error::ErrorCode;
use crate::protocol::event::{Announced, CloseReport, Initiator};
use crate::protocol::failure::{FrameHeads, Stage};

pub(super) const CALLS: Calls = Calls {
    on_loops: &[],
    with_status: WITH_STATUS,
    with_value: WITH_VALUE,
    others: &["oxws_close_info_free"],
};

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_close_info_frame_at(null(), 0, null_mut(), null_mut());
    oxws_close_info_to_text(null(), null_mut(), 0, null_mut());
    oxws_close_info_to_json(null(), null_mut(), 0, null_mut());
};

const WITH_VALUE: &[(&str, ValueCall)] = value_calls! {
    oxws_close_info_stage(null()) is |stage| stage == oxws_stage::OXWS_STAGE_NONE;
    oxws_close_info_reconnect(null())
        is |reconnect| reconnect == oxws_reconnect::OXWS_RECONNECT_NEVER;
    oxws_close_info_timeout(null()) is |timeout| timeout == oxws_timeout::OXWS_TIMEOUT_NONE;
    oxws_close_info_tls_alert(null()) is |alert| alert == -1;
    oxws_close_info_header_name(null()) is is_null;
    oxws_close_info_byte_offset(null()) is |offset| offset == u64::MAX;
    oxws_close_info_response(null()) is is_null;
    oxws_close_info_frame_count(null()) is |count| count == 0;
    oxws_close_info_clone(null()) is |info: *mut _| is_null::<oxws_close_info>(info);
};

fn report() -> CloseReport {
    CloseReport {
        error: Some(ErrorCode::HandshakeKey),
        stage: Stage::Handshake,
        initiator: Initiator::Nobody,
        local: None,
        remote: None,
        http_status: 400,
        socks_reply: 0,
        response: None,
        byte_offset: None,
        frames: FrameHeads::default(),
        tls_alert: None,
        os_error: 0,
        times: Default::default(),
        announced: Announced::Connection,
        linger: true,
    }
}

#[test]
fn f10_a_copy_is_freed_although_it_panics() {
    let info = oxws_close_info::new(Box::new(report()));
    // SAFETY: the copy is freed once.
    unsafe {
        let copy = oxws_close_info_clone(&info);
        assert!(!copy.is_null());
        arm();
        oxws_close_info_free(copy);
        assert_ne!(oxws_close_info_status(&info), 0);
        oxws_close_info_free(null_mut());
    }
}

#[test]
fn the_name_of_a_header_is_a_text_of_c() {
    let info = oxws_close_info::new(Box::new(report()));
    // SAFETY: the text lives as long as the library.
    let name = unsafe { CStr::from_ptr(oxws_close_info_header_name(&info)) };
    assert_eq!(name, c"Sec-WebSocket-Key");
}

#[test]
fn f12_a_copy_may_go_to_another_thread() {
    fn may_cross<T: Send + Sync>() {}
    may_cross::<oxws_close_info>();
}
