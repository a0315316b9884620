//! A stream in memory: what is read comes round again and again, what is written is counted. And a copy
//! from memory to memory, to compare with.

use std::hint::black_box;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use criterion::Bencher;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::cpu_time::CpuTime;
use crate::frames;

/// A stream whose input never ends.
#[derive(Debug, Default)]
pub struct Memory {
    input: Vec<u8>,
    at: usize,
    /// Bytes that were written.
    pub written: u64,
}

impl Memory {
    /// A stream from which these bytes are read in a circle.
    pub fn new(input: Vec<u8>) -> Memory {
        Memory { input, at: 0, written: 0 }
    }

    /// Begins anew with the first byte.
    pub fn rewind(&mut self) {
        self.at = 0;
    }

    fn next(&mut self, most: usize) -> &[u8] {
        let from = self.at;
        let count = most.min(self.input.len() - from);
        self.at = (from + count) % self.input.len().max(1);
        &self.input[from..from + count]
    }
}

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.next(buffer.len());
        buffer[..bytes.len()].copy_from_slice(bytes);
        Ok(bytes.len())
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for Memory {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let bytes = self.next(buffer.remaining());
        buffer.put_slice(bytes);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Memory {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.written += bytes.len() as u64;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = buffers.iter().map(|buffer| buffer.len()).sum();
        self.written += count as u64;
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Copies so many bytes: what any codec that moves a payload costs at least.
pub fn memcpy(bencher: &mut Bencher<'_, CpuTime>, bytes: usize) {
    let from = frames::payload(bytes);
    let mut to = vec![0; bytes];
    bencher.iter(|| {
        black_box(&mut to).copy_from_slice(black_box(&from));
    });
}
