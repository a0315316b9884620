//! The calls of close codes, reasons, payloads of Close frames, and versions.

use std::ptr::{null, null_mut};

use super::super::close_code::*;
use super::super::close_payload::*;
use super::super::reason::*;
use super::super::version::*;
use super::super::vocabulary::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: &[], with_status: WITH_STATUS, with_value: WITH_VALUE, others: &[] };

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_close_code_from_name(null(), null_mut());
    oxws_reason_register(3000, null(), null());
    oxws_close_payload_parse(null(), 0, null_mut(), null_mut(), null_mut());
    oxws_close_payload_build(1000, null(), 0, null_mut(), 0, null_mut());
    oxws_close_reason_missing_extensions(null(), 1, null_mut(), 0, null_mut());
};

const WITH_VALUE: &[(&str, ValueCall)] = value_calls! {
    oxws_close_code_name(1000) is is_null;
    oxws_close_code_description(1000) is is_null;
    oxws_close_code_is_sendable(1000) is |answer| answer == 0;
    oxws_close_code_is_local_only(1006) is |answer| answer == 0;
    oxws_close_code_sender(1000)
        is |sender| sender == oxws_close_sender::OXWS_CLOSE_SENDER_NOBODY;
    oxws_close_code_range(1000) is |range| range == oxws_close_range::OXWS_CLOSE_RANGE_INVALID;
    oxws_close_code_since_version(1000)
        is |version| version == oxws_version::OXWS_VERSION_UNKNOWN;
    oxws_close_code_reconnect(1001)
        is |reconnect| reconnect == oxws_reconnect::OXWS_RECONNECT_NEVER;
    oxws_reason_get(1000) is is_null;
    oxws_reason_from_name(c"NORMAL".as_ptr()) is is_null;
    oxws_reason_count() is |count| count == 0;
    oxws_reason_at(0) is is_null;
    oxws_reason_code(null()) is |code| code == 0;
    oxws_reason_name(null()) is is_there;
    oxws_reason_description(null()) is is_there;
    oxws_reason_sender(null())
        is |sender| sender == oxws_close_sender::OXWS_CLOSE_SENDER_NOBODY;
    oxws_reason_range(null()) is |range| range == oxws_close_range::OXWS_CLOSE_RANGE_INVALID;
    oxws_reason_since_version(null())
        is |version| version == oxws_version::OXWS_VERSION_UNKNOWN;
    oxws_reason_reconnect(null())
        is |reconnect| reconnect == oxws_reconnect::OXWS_RECONNECT_NEVER;
    oxws_reason_is_sendable(null()) is |answer| answer == 0;
    oxws_reason_is_local_only(null()) is |answer| answer == 0;
    oxws_reason_is_known(null()) is |answer| answer == 0;
    oxws_close_reason_fitting_len(c"a".as_ptr(), 1) is |len| len == 0;
    oxws_version_name(13) is is_null;
    oxws_version_description(13) is is_null;
    oxws_version_first_draft(13) is |draft| draft == -1;
    oxws_version_last_draft(13) is |draft| draft == -1;
    oxws_version_header_name(13) is is_null;
    oxws_version_header_value(13) is is_null;
    oxws_version_origin_header_name(13) is is_null;
    oxws_version_key_scheme(13) is |scheme| scheme == oxws_key_scheme::OXWS_KEY_SCHEME_NONE;
    oxws_version_mask_scheme(13) is |scheme| scheme == oxws_mask_scheme::OXWS_MASK_SCHEME_NONE;
    oxws_version_frame_format(13)
        is |format| format == oxws_frame_format::OXWS_FRAME_FORMAT_SENTINEL;
    oxws_version_opcode(13, 1) is |opcode| opcode == -1;
    oxws_version_knows_close_code(13, 1000) is |answer| answer == 0;
    oxws_version_is_supported(13) is |answer| answer == 0;
    oxws_version_count() is |count| count == 0;
    oxws_version_at(6) is |version| version == oxws_version::OXWS_VERSION_UNKNOWN;
    oxws_version_from_string(c"13".as_ptr())
        is |version| version == oxws_version::OXWS_VERSION_UNKNOWN;
    oxws_version_list() is is_null;
};
