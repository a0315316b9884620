//! Which proxy is asked for the way to which address.

use std::sync::Arc;

use super::exempt::Exemptions;
use super::url::Proxy;
use crate::protocol::url::{Address, Place, Scheme};

/// A proxy for each scheme, and what needs none.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    pub(super) plain: Option<Arc<Proxy>>,
    pub(super) secure: Option<Arc<Proxy>>,
    pub(super) exempt: Exemptions,
}

impl Proxies {
    /// Has the same proxy asked for both schemes, or none.
    pub fn set_proxy(&mut self, proxy: Option<Proxy>) {
        self.plain = proxy.map(Arc::new);
        self.secure = self.plain.clone();
    }

    /// Sets what needs no proxy.
    pub fn set_exempt(&mut self, exempt: Exemptions) {
        self.exempt = exempt;
    }

    /// The proxies that are asked at all.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Arc<Proxy>> {
        self.plain.iter_mut().chain(self.secure.iter_mut())
    }

    /// The proxy that is asked for the way to this address; `None` if it is reached without one, as
    /// every Unix-domain socket is.
    pub fn choose(&self, address: &Address) -> Option<&Arc<Proxy>> {
        let Place::Host { host, port } = &address.place else {
            return None;
        };
        let proxy = match address.scheme {
            Scheme::Ws => self.plain.as_ref(),
            Scheme::Wss => self.secure.as_ref(),
        };
        proxy.filter(|_| !self.exempt.contains(host, *port))
    }
}
