//! A connection's bytes, under the limits that hyper leaves to its caller: a request's head must come within five
//! seconds of its first byte, and the peer must take what we write.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

use super::limits;
use crate::own::Own;

/// Tells the stream that the head it was reading is complete.
#[derive(Debug, Clone, Default)]
pub struct Head(Arc<AtomicBool>);

impl Head {
    /// The head is complete; the next byte begins another one.
    pub fn complete(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// A stream with two clocks: one runs while a head is incomplete, one while a write waits for the peer.
pub struct Guarded<S> {
    inner: S,
    head: Head,
    own: Own,
    reading: Option<Pin<Box<Sleep>>>,
    writing: Option<Pin<Box<Sleep>>>,
}

impl<S> Guarded<S> {
    /// Puts a stream under the limits.
    pub fn new(inner: S, head: Head, own: Own) -> Self {
        Self { inner, head, own, reading: None, writing: None }
    }

    fn hit(&self, limit: &'static str) -> io::Error {
        self.own.closed.with_label_values(&[limit]).inc();
        io::Error::new(io::ErrorKind::TimedOut, limit)
    }
}

fn start(clock: &mut Option<Pin<Box<Sleep>>>, limit: Duration) -> Pin<&mut Sleep> {
    clock.get_or_insert_with(|| Box::pin(sleep(limit))).as_mut()
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.head.take() {
            self.reading = None;
        }
        let before = buf.filled().len();
        if Pin::new(&mut self.inner).poll_read(cx, buf)?.is_ready() {
            if buf.filled().len() > before {
                start(&mut self.reading, limits::HEAD);
            }
            return Poll::Ready(Ok(()));
        }
        match &mut self.reading {
            Some(clock) => {
                ready!(clock.as_mut().poll(cx));
                Poll::Ready(Err(self.hit("head")))
            }
            None => Poll::Pending,
        }
    }
}

impl<S: AsyncWrite + Unpin> Guarded<S> {
    /// Runs the clock while a write waits, and winds it back when the peer took something.
    fn watch<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            if let Some(clock) = &mut self.writing {
                clock.as_mut().reset(Instant::now() + limits::WRITE);
            }
            return written;
        }
        ready!(start(&mut self.writing, limits::WRITE).poll(cx));
        Poll::Ready(Err(self.hit("write")))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, pieces);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
