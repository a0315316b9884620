//! The calls of the codec.

use std::ptr::{null, null_mut};

use super::super::codec::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: &[], with_status: WITH_STATUS, with_value: WITH_VALUE, others: &[] };

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_frame_decode_header(
        null(), 0, 1, 0, null_mut(), null_mut(), null_mut(), null_mut());
    oxws_frame_encode_header(0x81, 0, null(), null_mut(), 0, null_mut());
    oxws_frame_read(
        null_mut(), 0, 1, 0, 0, null_mut(), null_mut(), null_mut(), null_mut());
    oxws_frame_write(0x81, null(), 0, null(), null_mut(), 0, null_mut());
    oxws_mask(null_mut(), 0, null(), 0);
    oxws_accept_key(null(), null_mut(), 0, null_mut());
    oxws_key_new(null_mut(), 40, null_mut());
    oxws_masking_key_new(null_mut());
};

const WITH_VALUE: &[(&str, ValueCall)] = value_calls! {
    oxws_is_utf8(null(), 0) is |answer| answer == 0;
};
