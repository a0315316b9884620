//! How many connections come from each address. What follows from that is decided in `accept`.

use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;

use super::endpoint::Endpoint;

/// How many connections come from where, for listeners that limit it.
#[derive(Debug, Default)]
pub(super) struct Census {
    of_slot: HashMap<u32, Origin>,
    counts: HashMap<Origin, u32>,
}

/// Where a connection comes from, and through which endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Origin {
    endpoint: usize,
    address: IpAddr,
}

impl Origin {
    /// `None` where connections are not counted.
    fn of<C>(endpoint: &Rc<Endpoint<C>>, address: Option<IpAddr>) -> Option<Origin> {
        let is_limited = endpoint.options.max_connections_per_address > 0;
        let address = address.filter(|_| is_limited)?;
        Some(Origin { endpoint: Rc::as_ptr(endpoint).addr(), address })
    }
}

impl Census {
    /// Whether as many come from an address as may.
    pub(super) fn is_crowded<C>(
        &self,
        endpoint: &Rc<Endpoint<C>>,
        address: Option<IpAddr>,
    ) -> bool {
        let limit = endpoint.options.max_connections_per_address;
        Origin::of(endpoint, address)
            .is_some_and(|from| self.counts.get(&from).is_some_and(|count| *count >= limit))
    }

    /// Counts a connection, unless it is one too many.
    pub(super) fn admit<C>(
        &mut self,
        index: u32,
        endpoint: &Rc<Endpoint<C>>,
        address: Option<IpAddr>,
    ) -> bool {
        if self.is_crowded(endpoint, address) {
            return false;
        }
        if let Some(origin) = Origin::of(endpoint, address) {
            *self.counts.entry(origin).or_default() += 1;
            self.of_slot.insert(index, origin);
        }
        true
    }

    /// A connection has ended.
    pub(super) fn forget(&mut self, index: u32) {
        let Some(origin) = self.of_slot.remove(&index) else {
            return;
        };
        if let Some(count) = self.counts.get_mut(&origin) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&origin);
            }
        }
    }
}
