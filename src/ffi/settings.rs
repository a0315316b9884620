//! From what a program has configured to what the loop needs, with the defaults of each role.

use std::rc::Rc;
use std::sync::Arc;

use super::config::oxws_config;
use super::config_callbacks::Callbacks;
use crate::net::endpoint::{Endpoint, Options, Security};
use crate::net::redirect::Redirects;
use crate::net::way::Way;
use crate::protocol::error::ErrorCode;
use crate::protocol::handshake::client_request::ClientRequest;
use crate::protocol::handshake::credentials::Credentials;
use crate::protocol::handshake::origin::OriginPolicy;
use crate::protocol::opcode::Role;
use crate::protocol::settings::{Limits, Settings, wire_bytes};
use crate::protocol::url::{Address, Scheme};

/// Descriptors that are left to the rest of the program.
const SPARED_DESCRIPTORS: u64 = 64;

impl oxws_config {
    /// A copy for an endpoint whose bytes go through nothing.
    pub(super) fn endpoint(&self, role: Role) -> Rc<Endpoint<Callbacks>> {
        self.endpoint_by(role, None, Security::Plain)
    }

    /// A copy for a listener at an address of this scheme.
    ///
    /// # Errors
    ///
    /// Those of [`TlsPart::at`](super::config_tls::TlsPart::at).
    pub(super) fn endpoint_at(&self, scheme: Scheme) -> Result<Rc<Endpoint<Callbacks>>, ErrorCode> {
        Ok(self.endpoint_by(Role::Server, None, self.tls.at(scheme)?))
    }

    /// A copy for a server on a descriptor.
    ///
    /// # Errors
    ///
    /// Those of [`TlsPart::on_descriptor`](super::config_tls::TlsPart::on_descriptor).
    pub(super) fn endpoint_on_descriptor(&self) -> Result<Rc<Endpoint<Callbacks>>, ErrorCode> {
        Ok(self.endpoint_by(Role::Server, None, self.tls.on_descriptor()?))
    }

    /// A copy for a client whose stream to an address somebody else has made.
    ///
    /// # Errors
    ///
    /// Those of [`TlsPart::to`](super::config_tls::TlsPart::to).
    pub(super) fn endpoint_over(
        &self,
        address: &Address,
    ) -> Result<Rc<Endpoint<Callbacks>>, ErrorCode> {
        Ok(self.endpoint_by(Role::Client, None, self.tls.to(address)?))
    }

    /// A copy for a connection that is dialled.
    ///
    /// # Errors
    ///
    /// Those of [`Way::to`] and of [`TlsPart::to`](super::config_tls::TlsPart::to).
    pub(super) fn endpoint_to(
        &self,
        address: &Address,
    ) -> Result<Rc<Endpoint<Callbacks>>, ErrorCode> {
        let way = Way::to(address, &self.client.proxies, &self.client.proxy_tls)?;
        Ok(self.endpoint_by(Role::Client, way, self.tls.to(address)?))
    }

    fn endpoint_by(
        &self,
        role: Role,
        way: Option<Way>,
        security: Security,
    ) -> Rc<Endpoint<Callbacks>> {
        let callbacks = &self.callbacks;
        let asked = callbacks.on_origin.map(|_| OriginPolicy::Any);
        let settings = Settings {
            compression: self.compresses.then_some(self.compression),
            reports_chunks: self.callbacks.on_chunk.is_some(),
            answers_pings: self.answers_pings,
            origin: asked.unwrap_or_else(|| self.origins.clone()),
            versions: self.versions,
            ..Settings::new(self.limits(role))
        };
        let options = Options {
            settings: Arc::new(settings),
            max_queued_bytes: self.max_queued_bytes.unwrap_or(1024 * 1024),
            pauses_while_queued: self.pauses_while_queued,
            write_stall_timeout_ms: self.write_stall_timeout_ms,
            max_connections: self.max_connections.unwrap_or_else(default_max_connections),
            max_connections_per_address: self.max_connections_per_address,
            backlog: self.backlog,
            reuse_port: self.reuse_port,
            proxy_header: self.trust.header.clone(),
            forwarding: self.trust.forwarding(),
            decides_requests: callbacks.on_request.is_some() || callbacks.on_origin.is_some(),
            answers_http: self.callbacks.on_http_request.is_some(),
            sees_requests: self.callbacks.on_connecting.is_some(),
            subprotocols: self.subprotocols.clone(),
            user: self.user,
            fields: self.fields.clone(),
            tcp: Arc::clone(&self.tcp),
            dialling: Arc::clone(&self.dialling),
            way: way.map(Box::new),
            returning: self.reconnect.returning(),
            redirects: self.redirects(),
        };
        Rc::new(Endpoint::secured(options, security, self.callbacks))
    }

    /// How redirects are followed, if they are.
    fn redirects(&self) -> Option<Box<Redirects>> {
        let redirects = || Redirects {
            max: self.max_redirects,
            tls: self.tls.options().clone(),
            proxies: self.client.proxies.clone(),
            proxy_tls: self.client.proxy_tls.clone(),
        };
        (self.max_redirects != 0).then(redirects).map(Box::new)
    }

    /// Where a URL leads that a client dials, and its request.
    pub(super) fn dial(&self, url: &str) -> Result<(Address, ClientRequest), ErrorCode> {
        if !self.client.uses_url_credentials {
            let address = Address::parse_dial(url)?;
            let request = self.request(&address, None)?;
            return Ok((address, request));
        }
        let (url, credentials) = Credentials::split_from(url)?;
        let address = Address::parse_dial(&url)?;
        let request = self.request(&address, credentials.as_ref())?;
        Ok((address, request))
    }

    fn request(
        &self,
        address: &Address,
        credentials: Option<&Credentials>,
    ) -> Result<ClientRequest, ErrorCode> {
        let mut request = ClientRequest::new(&address.host_field, &address.target)?;
        request.set_default_port(address.scheme.default_port());
        if let Some(origin) = &self.client_origin {
            request.set_origin(Some(origin))?;
        }
        for name in &self.subprotocols {
            request.add_subprotocol(name)?;
        }
        for (name, value) in self.fields.iter() {
            request.add_header(name, value)?;
        }
        self.client.apply(credentials, &mut request)?;
        request.set_compression(self.compresses.then_some(self.compression.wishes));
        Ok(request)
    }

    fn limits(&self, role: Role) -> Limits {
        let default = match role {
            Role::Server => Limits::server(),
            Role::Client => Limits::client(),
        };
        let max_message_bytes = self.max_message_bytes.unwrap_or(default.max_message_bytes);
        let (burst, per_second) =
            self.control_limit.unwrap_or((default.control_burst, default.control_per_second));
        Limits {
            max_message_bytes,
            max_frame_bytes: self.max_frame_bytes.unwrap_or(max_message_bytes),
            max_wire_message_bytes: self
                .max_wire_message_bytes
                .unwrap_or_else(|| wire_bytes(max_message_bytes)),
            max_inflated_frame_bytes: self.max_inflated_frame_bytes.unwrap_or(max_message_bytes),
            max_fragments: self.max_fragments.unwrap_or(default.max_fragments),
            control_burst: burst,
            control_per_second: per_second,
            handshake_timeout_ms: self.handshake_timeout_ms.unwrap_or(default.handshake_timeout_ms),
            close_timeout_ms: self.close_timeout_ms.unwrap_or(default.close_timeout_ms),
            ping_interval_ms: self.ping_interval_ms.unwrap_or(default.ping_interval_ms),
            pong_timeout_ms: self.pong_timeout_ms.unwrap_or(default.pong_timeout_ms),
            idle_timeout_ms: self.idle_timeout_ms.unwrap_or(default.idle_timeout_ms),
            head: default.head,
        }
    }
}

/// As many connections as the process may have descriptors, less some for the rest of the program.
fn default_max_connections() -> u32 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the place for the result is valid.
    let asked = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) };
    let descriptors = if asked == 0 { limit.rlim_cur } else { 1024 };
    let connections = descriptors.saturating_sub(SPARED_DESCRIPTORS).max(1);
    u32::try_from(connections).unwrap_or(u32::MAX)
}
