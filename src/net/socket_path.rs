//! The path of a Unix-domain socket on which this process listens: it comes with the listener and goes
//! with it. Whatever else lies at a path is somebody else's, and never removed.

use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use socket2::{Domain, SockAddr, Socket, Type};

/// A path that this process has made, and removes when this is dropped.
#[derive(Debug)]
pub(super) struct SocketPath {
    path: PathBuf,
    /// What was made; `None` for nothing that is to be removed.
    made: Option<Identity>,
}

/// The device and the number of a file.
#[derive(Debug, PartialEq, Eq)]
struct Identity(u64, u64);

impl SocketPath {
    /// Binds a socket to a path. A socket there that is left over from a process that is gone is
    /// replaced: it can be told from a living one, as nobody accepts there.
    ///
    /// # Errors
    ///
    /// What the system said: `AddrInUse` for a path where anything else lies.
    pub(super) fn bind(socket: &Socket, path: &Path) -> io::Result<SocketPath> {
        let address = SockAddr::unix(path)?;
        match socket.bind(&address) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                // The system refuses to connect to a file just as to a socket without a listener.
                if socket_at(path).is_none() || !is_abandoned(&address) {
                    return Err(error);
                }
                std::fs::remove_file(path)?;
                socket.bind(&address)?;
            }
            bound => bound?,
        }
        Ok(SocketPath { path: path.to_owned(), made: socket_at(path) })
    }

    /// Lets the path be: it is another process that removes it.
    pub(super) fn leave(mut self) {
        self.made = None;
    }
}

impl Drop for SocketPath {
    fn drop(&mut self) {
        // Another process may have put its own in the place of one that was removed.
        if self.made.is_some() && self.made == socket_at(&self.path) {
            // If somebody has removed it just now there is nothing to do.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The socket that lies at a path; what a link there leads to does not count.
fn socket_at(path: &Path) -> Option<Identity> {
    let found = std::fs::symlink_metadata(path).ok()?;
    found.file_type().is_socket().then(|| Identity(found.dev(), found.ino()))
}

fn is_abandoned(address: &SockAddr) -> bool {
    let Ok(socket) = Socket::new(Domain::UNIX, Type::STREAM, None) else {
        return false;
    };
    let tried = socket.set_nonblocking(true).and_then(|()| socket.connect(address));
    tried.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}
