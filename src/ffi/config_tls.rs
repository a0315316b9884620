//! What TLS a config asks for, and the exchange of a listener's certificates while it listens.

use super::config::{oxws_config, with_config};
use super::guard::reference;
use super::loop_handle::{oxws_loop, with_core};
use super::status::oxws_status;
use super::tls_config::oxws_tls_config;
use super::vocabulary::oxws_listener;
use crate::net::endpoint::Security;
use crate::net::tls::TlsOptions;
use crate::protocol::error::ErrorCode;
use crate::protocol::url::{Address, Scheme};

/// The TLS of a config.
#[derive(Debug, Default)]
pub(super) struct TlsPart {
    given: Option<TlsOptions>,
    /// What is used where none was given. It stands here so that all connections of the config share
    /// what was read once.
    default: TlsOptions,
}

impl TlsPart {
    pub(super) fn options(&self) -> &TlsOptions {
        self.given.as_ref().unwrap_or(&self.default)
    }

    /// What connections to an address go through.
    ///
    /// # Errors
    ///
    /// Those of [`Security::to`].
    pub(super) fn to(&self, address: &Address) -> Result<Security, ErrorCode> {
        Security::to(address, self.options())
    }

    /// What connections from a listener at an address of this scheme go through.
    ///
    /// # Errors
    ///
    /// Those of [`TlsOptions::server`].
    pub(super) fn at(&self, scheme: Scheme) -> Result<Security, ErrorCode> {
        match scheme {
            Scheme::Ws => Ok(Security::Plain),
            Scheme::Wss => Ok(Security::Server(self.options().server()?)),
        }
    }

    /// What a server on a descriptor goes through: there is no URL, so whoever gives TLS means it.
    ///
    /// # Errors
    ///
    /// Those of [`TlsOptions::server`].
    pub(super) fn on_descriptor(&self) -> Result<Security, ErrorCode> {
        match &self.given {
            Some(options) => Ok(Security::Server(options.server()?)),
            None => Ok(Security::Plain),
        }
    }
}

/// Sets what `wss:` connections are made with; the TLS config is copied. NULL is the default: a client
/// trusts the authorities of the system, a server has no certificate and cannot listen at `wss:`.
///
/// For `ws:` it means nothing. Where a server is given a descriptor in place of a URL, by `oxws_listen_fd`
/// and `oxws_adopt_server`, it speaks TLS if the config has a TLS config, and otherwise not.
///
/// Thread: one at a time.
///
/// # Safety
///
/// `config` is NULL or a config that has not been freed and that no other thread uses meanwhile; `tls` is
/// NULL or a TLS config that has not been freed and that no other thread changes meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_config_tls(
    config: *mut oxws_config,
    tls: *const oxws_tls_config,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_config(config, |config| {
            config.tls.given = tls.as_ref().map(|tls| tls.options.clone());
            Ok(())
        })
    }
}

/// Exchanges the certificates of a listener, and everything else that the TLS config says, for connections
/// that come from now on; those that are there keep what they have. The TLS config is copied. Sessions of
/// before are not resumed.
///
/// Errors, after which nothing has changed: `OXWS_ERROR_NOT_FOUND`; `OXWS_ERROR_INVALID_STATE` if the
/// listener does not speak TLS; `OXWS_ERROR_TLS_NOT_CONFIGURED` without a certificate, or without an
/// authority for those of clients that are asked for; `OXWS_ERROR_UNSUPPORTED` in a build without TLS.
///
/// Thread: the loop's.
///
/// # Safety
///
/// `loop` is NULL or a loop that has not been freed, `tls` is NULL or a TLS config that has not been freed
/// and that no other thread changes meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oxws_listener_tls(
    r#loop: *mut oxws_loop,
    listener: oxws_listener,
    tls: *const oxws_tls_config,
) -> oxws_status {
    // SAFETY: promised by the caller.
    unsafe {
        with_core(r#loop, |core| {
            let tls = reference(tls)?.options.server()?;
            core.secure_listener(listener, Security::Server(tls))
        })
    }
}
