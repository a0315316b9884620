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

pub mod event_loop;

pub mod config;

pub mod listener;

pub mod connection;

pub mod request;

pub mod reply;

pub mod response;

pub mod close_info;

pub mod close_code;

pub mod timer;

pub mod watch;

pub mod post;

mod dispatch;
mod fork;
mod guard;
mod settings;
#[cfg(test)]
mod tests;
mod thread;
