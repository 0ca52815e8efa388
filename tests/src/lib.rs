//! What the tests of both programs share.

pub mod golden;
