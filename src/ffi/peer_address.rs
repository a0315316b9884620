//! The address of a connection's peer, asked of the system only when the program wants it.

use std::sync::OnceLock;

use super::loop_handle::oxws_loop;
use crate::net::slots::Id;

/// The address of the peer of a connection, for what is lent to one of its callbacks.
#[derive(Debug, Default)]
pub(super) struct PeerAddress {
    /// The handle, as a number, and the connection.
    source: Option<(usize, Id)>,
    text: OnceLock<Option<Box<str>>>,
}

impl PeerAddress {
    /// That of a connection.
    ///
    /// # Safety
    ///
    /// `handle` is a loop that is not freed as long as this lives, which no callback of its can do.
    pub(super) unsafe fn of(handle: *const oxws_loop, id: Id) -> PeerAddress {
        PeerAddress { source: Some((handle.expose_provenance(), id)), text: OnceLock::new() }
    }

    /// The address as `oxws_get_peer_address` gives it; `None` where there is none.
    pub(super) fn get(&self) -> Option<&str> {
        self.text.get_or_init(|| self.ask()).as_deref()
    }

    fn ask(&self) -> Option<Box<str>> {
        let (handle, id) = self.source?;
        let handle = std::ptr::with_exposed_provenance::<oxws_loop>(handle);
        // SAFETY: promised to `of`.
        let event_loop = unsafe { handle.as_ref() }?;
        let address = event_loop.core().ok()?.peer_address(id).ok()?;
        (!address.is_empty()).then(|| address.into())
    }
}

impl Clone for PeerAddress {
    /// A copy may outlive the loop: it knows what has been asked for so far.
    fn clone(&self) -> PeerAddress {
        PeerAddress { source: None, text: self.text.clone() }
    }
}
