//! Tests of the exporter that need no other server: recorded trees and what they must become, the engine under faults,
//! the HTTP side under load and abuse, the program as people start it.

mod catalog;
mod collectors;
mod docs;
mod engine;
mod formats;
mod garbage;
mod http;
mod program;
mod structure;
mod systemd;
mod text_format;
mod textfile;
