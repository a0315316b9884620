//! The calls of a client's opening request and of the answer to it.

use std::ptr::{null, null_mut};

use super::super::config_client::*;
use super::super::connecting::*;
use super::super::connecting_change::*;
use super::super::response::*;
use super::super::vocabulary::oxws_version;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: &[], with_status: WITH_STATUS, with_value: WITH_VALUE, others: &[] };

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_version(null_mut(), 13);
    oxws_config_user_agent(null_mut(), null());
    oxws_config_add_cookie(null_mut(), null(), null());
    oxws_config_basic_credentials(null_mut(), null(), null());
    oxws_config_url_credentials(null_mut(), 1);
    oxws_config_on_connecting(null_mut(), None);
    oxws_connecting_set_host(null_mut(), null());
    oxws_connecting_set_resource(null_mut(), null());
    oxws_connecting_set_origin(null_mut(), null());
    oxws_connecting_set_user_agent(null_mut(), null());
    oxws_connecting_set_header(null_mut(), null(), null());
    oxws_connecting_add_header(null_mut(), null(), null());
    oxws_connecting_remove_header(null_mut(), null());
    oxws_connecting_set_subprotocols(null_mut(), null(), 0);
    oxws_connecting_to_json(null(), null_mut(), 0, null_mut());
    oxws_connecting_to_text(null(), null_mut(), 0, null_mut());
    oxws_response_to_json(null(), null_mut(), 0, null_mut());
    oxws_response_to_text(null(), null_mut(), 0, null_mut());
};

const WITH_VALUE: &[(&str, ValueCall)] = value_calls! {
    oxws_connecting_peer_address(null(), null_mut()) is is_null;
    oxws_connecting_host(null(), null_mut()) is is_null;
    oxws_connecting_port(null()) is |port| port == 0;
    oxws_connecting_resource(null(), null_mut()) is is_null;
    oxws_connecting_origin(null(), null_mut()) is is_null;
    oxws_connecting_user_agent(null(), null_mut()) is is_null;
    oxws_connecting_header(null(), null(), 0, null_mut()) is is_null;
    oxws_connecting_header_count(null()) is |count| count == 0;
    oxws_connecting_header_at(null(), 0, null_mut(), null_mut(), null_mut()) is is_null;
    oxws_connecting_subprotocol_count(null()) is |count| count == 0;
    oxws_connecting_subprotocol_at(null(), 0, null_mut()) is is_null;
    oxws_response_version(null()) is |version| version == oxws_version::OXWS_VERSION_UNKNOWN;
    oxws_response_peer_address(null(), null_mut()) is is_null;
    oxws_response_extension_count(null()) is |count| count == 0;
    oxws_response_extension_at(null(), 0, null_mut()) is is_null;
    oxws_response_extension_parameter_count(null(), 0) is |count| count == 0;
    oxws_response_extension_parameter_at(null(), 0, 0, null_mut(), null_mut(), null_mut())
        is is_null;
};
