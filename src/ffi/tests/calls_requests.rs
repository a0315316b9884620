//! The calls that have to do with requests beyond their plain parts, and with who is let in.

use std::ptr::{null, null_mut};

use super::super::config_handshake::*;
use super::super::http_status::*;
use super::super::inquiry::*;
use super::super::request_details::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: ON_LOOPS, with_status: WITH_STATUS, with_value: WITH_VALUE, others: &[] };

const ON_LOOPS: &[(&str, LoopCall)] = loop_calls! {
    oxws_get_version(0, null_mut());
};

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_on_origin(null_mut(), None);
    oxws_config_allow_version(null_mut(), 8);
    oxws_request_to_json(null(), null_mut(), 0, null_mut());
    oxws_request_to_text(null(), null_mut(), 0, null_mut());
};

const WITH_VALUE: &[(&str, ValueCall)] = value_calls! {
    oxws_request_peer_address(null(), null_mut()) is is_null;
    oxws_request_parameter(null(), null(), 0, null_mut()) is is_null;
    oxws_request_parameter_count(null()) is |count| count == 0;
    oxws_request_parameter_at(null(), 0, null_mut(), null_mut(), null_mut()) is is_null;
    oxws_request_cookie(null(), null(), null_mut()) is is_null;
    oxws_request_extension_count(null()) is |count| count == 0;
    oxws_request_extension_at(null(), 0, null_mut()) is is_null;
    oxws_request_extension_parameter_count(null(), 0) is |count| count == 0;
    oxws_request_extension_parameter_at(null(), 0, 0, null_mut(), null_mut(), null_mut())
        is is_null;
    oxws_http_status_phrase(404) is is_null;
    oxws_http_status_description(404) is is_null;
};
