//! Tests of the exporter that need no server: recorded trees and what they must become.

mod collectors;
mod systemd;
mod text_format;
mod textfile;
