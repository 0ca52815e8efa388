//! What a scrape waits on: a number of outcomes still to come.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts down; wakes its one waiter at zero, once, however many outcomes there were.
#[derive(Debug, Default)]
pub struct Wait {
    left: AtomicUsize,
    zero: Notify,
}

impl Wait {
    /// Waits for nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One outcome more to wait for.
    pub fn add(&self) {
        self.left.fetch_add(1, Ordering::AcqRel);
    }

    /// One of them came.
    pub fn done(&self) {
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.zero.notify_one();
        }
    }

    /// Returns when none is left.
    pub async fn over(&self) {
        while self.left.load(Ordering::Acquire) > 0 {
            self.zero.notified().await;
        }
    }
}
