//! What the tests of both programs share.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // It is all test code.

pub mod golden;
