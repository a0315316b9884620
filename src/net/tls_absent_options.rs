//! The options of a build without TLS: there is nothing that they take.

use std::path::Path;

use super::terms::{ClientCertificates, TlsVersion};
use super::{ClientTls, ServerTls};
use crate::protocol::error::ErrorCode;

/// Options that are refused, each with `Unsupported`.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions(());

const REFUSED: Result<(), ErrorCode> = Err(ErrorCode::Unsupported);

#[allow(missing_docs)] // As in `options`.
impl TlsOptions {
    pub fn trust_system(&mut self, _trusts: bool) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn add_authorities(&mut self, _text: &[u8]) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn add_authorities_of(&mut self, _file: &Path) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn add_certificate(&mut self, _chain: &[u8], _key: &[u8]) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn add_certificate_of(&mut self, _chain: &Path, _key: &Path) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn add_revocation_lists(&mut self, _text: &[u8]) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn add_revocation_lists_of(&mut self, _file: &Path) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn add_client_authorities(&mut self, _text: &[u8]) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn add_client_authorities_of(&mut self, _file: &Path) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn client_certificates(&mut self, _wanted: ClientCertificates) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn server_name(&mut self, _name: Option<&str>) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn add_pin(&mut self, _pin: &str) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn oldest_version(&mut self, _version: TlsVersion) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn resumption(&mut self, _resumes: bool) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn key_log(&mut self, _file: Option<&Path>) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn accept_any_certificate(&mut self, _accepts: bool) -> Result<(), ErrorCode> {
        REFUSED
    }

    pub fn client(&self) -> Result<ClientTls, ErrorCode> {
        Err(ErrorCode::Unsupported)
    }

    pub fn server(&self) -> Result<ServerTls, ErrorCode> {
        Err(ErrorCode::Unsupported)
    }
}
