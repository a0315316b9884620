//! x
pub mod resolve;
pub mod timers;
