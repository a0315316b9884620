//! The calls of the loop, its connections and what they are given.

use std::ptr::{null, null_mut};

use super::super::close_info::*;
use super::super::config::*;
use super::super::config_callbacks::*;
use super::super::config_handshake::*;
use super::super::config_limits::*;
use super::super::config_listener::*;
use super::super::connection::*;
use super::super::decision::*;
use super::super::event_loop::*;
use super::super::inquiry::*;
use super::super::library::*;
use super::super::listener::*;
use super::super::loop_handle::*;
use super::super::loop_inquiry::*;
use super::super::post::*;
use super::super::reply::*;
use super::super::request::*;
use super::super::response::*;
use super::super::status::*;
use super::super::timer::*;
use super::super::vocabulary::*;
use super::super::watch::*;
use super::NULL_ARGUMENT;
use super::calls::*;

pub(super) const CALLS: Calls = Calls {
    on_loops: ON_LOOPS,
    with_status: WITH_STATUS,
    with_value: WITH_VALUE,
    others: &["oxws_config_free", "oxws_loop_free", "oxws_loop_os_error", "oxws_reply_free"],
};

const ON_LOOPS: &[(&str, LoopCall)] = loop_calls! {
    oxws_loop_attach();
    oxws_loop_poll(0);
    oxws_loop_run();
    oxws_loop_stop();
    oxws_loop_wake();
    oxws_loop_fd(null_mut());
    oxws_loop_timeout_ms(null_mut());
    oxws_loop_connection_count(null_mut());
    oxws_loop_set_max_buffered_bytes(0);
    oxws_loop_set_busy_poll_us(0);
    oxws_loop_shutdown(0, null());
    oxws_loop_set_user(null_mut());
    oxws_loop_get_user(null_mut());
    oxws_listen(null(), null(), null_mut());
    oxws_listen_fd(0, null(), null_mut());
    oxws_listener_close(0);
    oxws_listener_port(0, null_mut());
    oxws_connect(null(), null(), null_mut());
    oxws_accept(0, null());
    oxws_accept_with(0, null());
    oxws_deny(0, 0, null());
    oxws_respond(0, null());
    oxws_send(0, 0, null(), 0);
    oxws_ping(0, null(), 0);
    oxws_close(0, 0, null());
    oxws_abort(0);
    oxws_pause_reading(0);
    oxws_resume_reading(0);
    oxws_get_queued_bytes(0, null_mut());
    oxws_get_state(0, null_mut());
    oxws_get_close_state(0, null_mut());
    oxws_set_user(0, null_mut());
    oxws_get_user(0, null_mut());
    oxws_get_peer_address(0, null_mut(), 0, null_mut());
    oxws_get_local_address(0, null_mut(), 0, null_mut());
    oxws_get_subprotocol(0, null_mut(), 0, null_mut());
    oxws_timer_start(0, 0, None, null_mut(), null_mut());
    oxws_timer_cancel(0);
    oxws_watch_start(0, 0, None, null_mut(), null_mut());
    oxws_watch_change(0, 0);
    oxws_watch_stop(0);
    oxws_loop_post(None, null_mut());
};

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_on_request(null_mut(), None);
    oxws_config_on_http_request(null_mut(), None);
    oxws_config_on_response(null_mut(), None);
    oxws_config_on_open(null_mut(), None);
    oxws_config_on_message(null_mut(), None);
    oxws_config_on_ping(null_mut(), None);
    oxws_config_on_pong(null_mut(), None);
    oxws_config_on_writable(null_mut(), None);
    oxws_config_on_close(null_mut(), None);
    oxws_config_user(null_mut(), null_mut());
    oxws_config_max_message_bytes(null_mut(), 1);
    oxws_config_max_frame_bytes(null_mut(), 1);
    oxws_config_max_fragments(null_mut(), 1);
    oxws_config_max_queued_bytes(null_mut(), 1);
    oxws_config_handshake_timeout_ms(null_mut(), 1);
    oxws_config_close_timeout_ms(null_mut(), 1);
    oxws_config_ping_interval_ms(null_mut(), 1);
    oxws_config_pong_timeout_ms(null_mut(), 1);
    oxws_config_idle_timeout_ms(null_mut(), 1);
    oxws_config_write_stall_timeout_ms(null_mut(), 1);
    oxws_config_max_connections(null_mut(), 1);
    oxws_config_max_connections_per_address(null_mut(), 1);
    oxws_config_backlog(null_mut(), 1);
    oxws_config_control_limit(null_mut(), 1, 1);
    oxws_config_reuse_port(null_mut(), 1);
    oxws_config_pause_while_queued(null_mut(), 1);
    oxws_config_add_subprotocol(null_mut(), null());
    oxws_config_add_header(null_mut(), null(), null());
    oxws_config_origin(null_mut(), null());
    oxws_config_allow_origin(null_mut(), null());
    oxws_config_allow_any_origin(null_mut());
    oxws_reply_set_phrase(null_mut(), null());
    oxws_reply_add_header(null_mut(), null(), null());
    oxws_reply_set_body(null_mut(), null(), 0);
    oxws_reply_set_subprotocol(null_mut(), null());
};

const WITH_VALUE: &[(&str, ValueCall)] = value_calls! {
    oxws_library_version() is is_there;
    oxws_library_version_number() is |number| number == 0;
    oxws_status_name(-101) is is_there;
    oxws_status_message(-101) is is_there;
    oxws_status_close_code(-413) is |code| code == 0;
    oxws_status_http_status(-301) is |status| status == 0;
    oxws_loop_new() is |handle: *mut _| is_null::<oxws_loop>(handle);
    oxws_config_new() is |handle: *mut _| is_null::<oxws_config>(handle);
    oxws_reply_new(200) is |handle: *mut _| is_null::<oxws_reply>(handle);
    oxws_request_method(null(), null_mut()) is is_null;
    oxws_request_target(null(), null_mut()) is is_null;
    oxws_request_path(null(), null_mut()) is is_null;
    oxws_request_query(null(), null_mut()) is is_null;
    oxws_request_host(null(), null_mut()) is is_null;
    oxws_request_origin(null(), null_mut()) is is_null;
    oxws_request_header(null(), null(), 0, null_mut()) is is_null;
    oxws_request_header_count(null()) is |count| count == 0;
    oxws_request_header_at(null(), 0, null_mut(), null_mut(), null_mut())
        is is_null;
    oxws_request_subprotocol_count(null()) is |count| count == 0;
    oxws_request_subprotocol_at(null(), 0, null_mut()) is is_null;
    oxws_request_version(null()) is |version| version == oxws_version::OXWS_VERSION_UNKNOWN;
    oxws_response_status(null()) is |status| status == 0;
    oxws_response_phrase(null(), null_mut()) is is_null;
    oxws_response_header(null(), null(), 0, null_mut()) is is_null;
    oxws_response_header_count(null()) is |count| count == 0;
    oxws_response_header_at(null(), 0, null_mut(), null_mut(), null_mut())
        is is_null;
    oxws_response_subprotocol(null(), null_mut()) is is_null;
    oxws_response_body(null(), null_mut()) is is_null;
    oxws_close_info_status(null()) is |status| status == NULL_ARGUMENT;
    oxws_close_info_code(null()) is |code| code == 0;
    oxws_close_info_reason(null(), null_mut()) is is_there;
    oxws_close_info_local_code(null()) is |code| code == 0;
    oxws_close_info_local_reason(null(), null_mut()) is is_there;
    oxws_close_info_remote_code(null()) is |code| code == 0;
    oxws_close_info_initiator(null())
        is |initiator| initiator == oxws_initiator::OXWS_INITIATOR_NONE;
    oxws_close_info_was_clean(null()) is |clean| clean == 0;
    oxws_close_info_os_error(null()) is |number| number == 0;
    oxws_close_info_http_status(null()) is |status| status == 0;
    oxws_close_info_socks_reply(null()) is |reply| reply == 0;
};
