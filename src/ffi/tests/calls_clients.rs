//! The calls that have to do with proxies in front of a server, and with sockets that were handed over.

use std::ptr::{null, null_mut};

use super::super::client_address::*;
use super::super::config_trust::*;
use super::super::inherited::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: ON_LOOPS, with_status: WITH_STATUS, with_value: &[], others: &[] };

const ON_LOOPS: &[(&str, LoopCall)] = loop_calls! {
    oxws_get_socket_peer_address(0, null_mut(), 0, null_mut());
    oxws_get_destination_address(0, null_mut(), 0, null_mut());
    oxws_get_proxy_value(0, 2, null_mut(), 0, null_mut());
};

const WITH_STATUS: &[(&str, StatusCall)] = status_calls! {
    oxws_config_trust_proxy_header(null_mut(), null());
    oxws_config_trust_forwarded(null_mut(), null());
    oxws_config_forwarded_header(null_mut(), null());
    oxws_inherited_fds(null(), null_mut(), 1, null_mut());
};
