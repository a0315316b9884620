//! The header with which a proxy tells who the client is whose bytes follow (the PROXY protocol,
//! versions 1 and 2). No more than the header is taken, and no sender is asked whether it may say so.

mod reader;
mod values;
mod version1;
mod version2;

use super::network_address::NetworkAddress;
pub use reader::{Fed, ProxyHeaderReader};
pub use values::Values;

/// What a header tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProxyHeader {
    /// Whose connection the proxy passes on. `None`: its own, as for a look at whether the server is
    /// well, or one of which it cannot tell.
    pub route: Option<Route>,
    /// What else the proxy says of that connection.
    pub values: Values,
}

/// A connection that ends at the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The client.
    pub source: NetworkAddress,
    /// What the client has connected to.
    pub destination: NetworkAddress,
}
