//! One Prometheus exporter for the whole stack of a web platform. Modules in reading order:

pub mod exposition; // from snapshots to the bytes of an answer
pub mod lane;
pub mod metric; // what is measured, before it is bytes
pub mod sources; // the kinds of thing we can ask, one folder each // blocking work that may hang, kept apart
