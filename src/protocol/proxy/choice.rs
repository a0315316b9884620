//! Which proxy is asked for the way to which address.

use super::exempt::Exemptions;
use super::url::{Proxy, check_proxy_header};
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::fields::Fields;
use crate::protocol::url::{Address, Place, Scheme};

/// A proxy for each scheme, what needs none, and what proxies are told besides.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    pub(super) plain: Option<Proxy>,
    pub(super) secure: Option<Proxy>,
    pub(super) exempt: Exemptions,
    fields: Fields,
}

impl Proxies {
    /// Has the same proxy asked for both schemes, or none.
    pub fn set_proxy(&mut self, proxy: Option<Proxy>) {
        self.plain = proxy.clone();
        self.secure = proxy;
    }

    /// Sets what needs no proxy.
    pub fn set_exempt(&mut self, exempt: Exemptions) {
        self.exempt = exempt;
    }

    /// Adds a header to what HTTP proxies are asked with, such as User-Agent; to SOCKS nothing can be
    /// added. Proxy-Authorization takes the place of the credentials of a proxy's URL.
    ///
    /// # Errors
    ///
    /// `InvalidHeader`: see [`check_proxy_header`].
    pub fn add_header(&mut self, name: &str, value: &str) -> Result<(), ErrorCode> {
        check_proxy_header(name, value)?;
        self.fields.add(name, value)
    }

    /// The proxy that is asked for the way to this address; `None` if it is reached without one, as
    /// every Unix-domain socket is.
    pub fn choose(&self, address: &Address) -> Option<Proxy> {
        let Place::Host { host, port } = &address.place else {
            return None;
        };
        let proxy = match address.scheme {
            Scheme::Ws => self.plain.as_ref(),
            Scheme::Wss => self.secure.as_ref(),
        };
        let proxy = proxy.filter(|_| !self.exempt.contains(host, *port))?;
        Some(proxy.clone().with_fields(self.fields.clone()))
    }
}
