//! Secrets of sessions in a file, for programs that show what passes over a connection.
//!
//! Only on request of the program, never because of the environment.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rustls::KeyLog;

use crate::protocol::error::ErrorCode;

/// A file that grows by a line for each secret, in the form of SSLKEYLOGFILE.
#[derive(Debug)]
pub(super) struct KeyLogFile(Mutex<File>);

impl KeyLogFile {
    /// Opens a file to be added to, or makes one that only this user can read.
    ///
    /// # Errors
    ///
    /// `TlsFileUnreadable`.
    pub(super) fn open(path: &Path) -> Result<KeyLogFile, ErrorCode> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|_| ErrorCode::TlsFileUnreadable)?;
        Ok(KeyLogFile(Mutex::new(file)))
    }
}

impl KeyLog for KeyLogFile {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}\n", hex(client_random), hex(secret));
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A disk that is full is no reason to end a connection.
        let _ = file.write_all(line.as_bytes());
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
