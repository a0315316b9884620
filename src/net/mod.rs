//! The event loop: sockets, deadlines and name lookup around one protocol connection each.
//!
//! Like the protocol it is pulled: [`event_loop::EventLoop::poll`] waits, and
//! [`event_loop::EventLoop::step`] gives one event after another, so that no borrow of the loop is
//! alive while its owner acts on an event. Nothing here knows of C.

#![forbid(unsafe_code)]

mod accept;
pub mod adopt;
pub mod broadcast;
mod budget;
mod census;
mod clients;
mod clock;
mod commands;
mod connect;
mod deadlines;
mod decide;
mod detach;
pub mod dial;
pub mod dialled;
pub mod endpoint;
mod establish;
pub mod event_loop;
pub mod inherited;
pub mod inquiry;
mod joint;
mod kit;
mod linger;
mod link;
mod listener;
pub mod loop_event;
pub mod mailbox;
mod messages;
pub mod operations;
mod outbox;
pub mod owner;
pub mod parcel;
mod peer;
mod pending;
mod preface;
pub mod random;
mod readiness;
mod reading;
mod ready;
mod reconnect;
pub mod redirect;
mod report;
pub mod resolve;
mod sending;
mod share;
pub mod shown;
mod simulation;
pub mod slots;
mod socket;
mod socket_path;
pub mod steady;
mod stowed;
pub mod tcp_options;
pub mod timers;
#[cfg(feature = "tls")]
pub mod tls;
#[cfg(not(feature = "tls"))]
#[path = "tls_absent.rs"]
pub mod tls;
pub mod tls_facts;
mod transfer;
pub mod turn;
mod veil;
mod waiting;
pub mod way;
