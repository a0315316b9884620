//! The C ABI: one file for each exported noun. Only here are pointers followed.
//!
//! Every export runs behind a guard (`guard`), which turns a panic into a status. No borrow of a
//! loop is alive while a callback runs.

#![allow(non_camel_case_types)]
#![warn(clippy::missing_safety_doc)]

// The order of the groups is that of the header.

pub mod library;
pub mod status;

pub mod vocabulary;

pub mod names;

pub mod constants;

pub mod opcode;

pub mod event_loop;

pub mod loop_inquiry;

pub mod config;

pub mod config_callbacks;

pub mod config_messages;

pub mod config_limits;

pub mod config_listener;

pub mod config_deflate;

pub mod config_handshake;

pub mod config_trust;

pub mod config_client;

pub mod config_reconnect;

pub mod config_redirects;

pub mod config_dialling;

pub mod config_tcp;

pub mod tls_config;

pub mod tls_certificates;

pub mod config_tls;

pub mod config_proxy;

pub mod listener;

pub mod inherited;

pub mod connection;

pub mod parcel;

pub mod message;

pub mod prepared;

pub mod adopt;

pub mod detach;

pub mod inquiry;

pub mod tls_facts;

pub mod client_address;

pub mod request;

pub mod request_details;

pub mod http_status;

pub mod reply;

pub mod decision;

pub mod connecting;
pub mod connecting_change;

pub mod response;

pub mod close_info;

pub mod failure;

pub mod stage_times;

pub mod close_code;

pub mod reason;

pub mod close_payload;

pub mod version;

pub mod codec;

pub mod protocol;

pub mod protocol_output;

pub mod protocol_actions;

pub mod protocol_message;

pub mod protocol_inquiry;

pub mod event;

pub mod timer;

pub mod watch;

pub mod post;

pub mod test_kit;

pub mod test_link;

pub mod test_protocol;

mod dispatch;
mod fork;
mod guard;
mod lend;
pub mod loop_handle;
mod peer_address;
pub mod protocol_handle;
mod settings;
#[cfg(test)]
mod tests;
mod thread;
