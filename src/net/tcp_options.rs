//! What the system is told of TCP sockets besides addresses.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

/// How TCP sockets are treated. What is zero is left to the system.
#[derive(Debug, Clone)]
pub struct TcpOptions {
    /// Whether small messages leave at once (`TCP_NODELAY`).
    pub no_delay: bool,
    /// How an idle connection is probed.
    pub keepalive: Option<Keepalive>,
    /// How long sent bytes may go without an acknowledgement, in milliseconds (`TCP_USER_TIMEOUT`).
    pub user_timeout_ms: u32,
    /// The size of the system's receive buffer.
    pub receive_buffer_bytes: u32,
    /// The size of the system's send buffer.
    pub send_buffer_bytes: u32,
}

/// How an idle connection is probed by the system. What is zero is left to it.
#[derive(Debug, Clone, Copy)]
pub struct Keepalive {
    /// After so many seconds without a byte.
    pub idle_s: u32,
    /// How many seconds pass between probes.
    pub interval_s: u32,
    /// After so many without an answer the connection is broken.
    pub count: u32,
}

impl Default for TcpOptions {
    fn default() -> TcpOptions {
        TcpOptions {
            no_delay: true,
            keepalive: None,
            user_timeout_ms: 0,
            receive_buffer_bytes: 0,
            send_buffer_bytes: 0,
        }
    }
}

impl TcpOptions {
    /// Whether the system knows `TCP_USER_TIMEOUT`.
    pub const HAS_USER_TIMEOUT: bool = cfg!(any(target_os = "linux", target_os = "android"));

    /// Applies them to a socket: before it connects or listens, or the sizes of its buffers cannot
    /// count for the window that both sides agree on.
    ///
    /// # Errors
    ///
    /// What the system said.
    pub(super) fn apply(&self, socket: SockRef<'_>) -> io::Result<()> {
        // Whether or not it holds, everything arrives.
        let _ = socket.set_tcp_nodelay(self.no_delay);
        // Urgent data would end a read although more has come.
        let _ = socket.set_out_of_band_inline(true);
        if self.receive_buffer_bytes != 0 {
            socket.set_recv_buffer_size(size(self.receive_buffer_bytes))?;
        }
        if self.send_buffer_bytes != 0 {
            socket.set_send_buffer_size(size(self.send_buffer_bytes))?;
        }
        if let Some(keepalive) = &self.keepalive {
            socket.set_tcp_keepalive(&TcpKeepalive::from(keepalive))?;
        }
        if self.user_timeout_ms != 0 {
            set_user_timeout(&socket, Duration::from_millis(self.user_timeout_ms.into()))?;
        }
        Ok(())
    }
}

impl From<&Keepalive> for TcpKeepalive {
    fn from(keepalive: &Keepalive) -> TcpKeepalive {
        let seconds = |count: u32| Duration::from_secs(count.into());
        let mut system = TcpKeepalive::new().with_time(seconds(keepalive.idle_s));
        if keepalive.interval_s != 0 {
            system = system.with_interval(seconds(keepalive.interval_s));
        }
        if keepalive.count != 0 {
            system = system.with_retries(keepalive.count);
        }
        system
    }
}

fn size(bytes: u32) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn set_user_timeout(socket: &SockRef<'_>, timeout: Duration) -> io::Result<()> {
    socket.set_tcp_user_timeout(Some(timeout))
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn set_user_timeout(_: &SockRef<'_>, _: Duration) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
