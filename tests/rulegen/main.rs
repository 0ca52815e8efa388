//! Tests of rulegen: cases as data, outputs judged by foreign judges, and rules about the code itself.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the exceptions for tests in clippy.toml do not reach the functions that tests share"
)]

mod cases;
mod code;
mod dashboards;
mod hostile;
mod outputs;
mod project;
mod proofs;
mod writing;
