//! The variables by which an environment names proxies. Reading them is left to the caller.

use super::choice::Proxies;
use super::exempt::Exemptions;
use super::url::Proxy;
use crate::protocol::error::ErrorCode;

/// For `ws`. Not HTTP_PROXY: a server that runs programs by CGI sets that to what a header of its
/// client says.
const PLAIN: &[&str] = &["http_proxy", "all_proxy", "ALL_PROXY"];
/// For `wss`.
const SECURE: &[&str] = &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const EXEMPT: &[&str] = &["no_proxy", "NO_PROXY"];

impl Proxies {
    /// Takes the proxies that an environment names: for `ws` by `http_proxy`, for `wss` by `https_proxy`
    /// or `HTTPS_PROXY`, for both by `all_proxy` or `ALL_PROXY`; the first that is there and not empty
    /// counts. What needs no proxy is listed in `no_proxy` or `NO_PROXY`; elements of it that cannot be
    /// read are skipped, as the list is there for other programs, too.
    ///
    /// `look_up` tells the value of a variable.
    ///
    /// # Errors
    ///
    /// Those of [`Proxy::parse`]: a value is no URL of a proxy. Nothing has been taken then.
    pub fn set_from_environment(
        &mut self,
        look_up: impl Fn(&str) -> Option<String>,
    ) -> Result<(), ErrorCode> {
        let first = |names: &[&str]| {
            names.iter().filter_map(|name| look_up(name)).find(|value| !value.is_empty())
        };
        let proxy = |names| first(names).map(|url| Proxy::parse(&url)).transpose();
        let (plain, secure) = (proxy(PLAIN)?, proxy(SECURE)?);
        (self.plain, self.secure) = (plain, secure);
        let exempt = first(EXEMPT).map(|list| Exemptions::parse_known(&list));
        self.exempt = exempt.unwrap_or_default();
        Ok(())
    }
}
