//! What the tests of both programs share.

pub mod exporter;
pub mod exposition;
pub mod golden;
pub mod tools;
pub mod tree;
pub mod webhook;
