//! The Prometheus text format 0.0.4, which every scraper reads.

use super::Merged;
use crate::metric::{Kind, write_number};

/// Appends all families.
pub fn encode(merged: &Merged<'_>, out: &mut Vec<u8>) {
    for group in &merged.families {
        let family = group.family;
        write_head(out, &family.name, &family.help, family.kind);
        group.for_each(|series, value| {
            out.extend_from_slice(family.name.as_bytes());
            out.extend_from_slice(series.as_bytes());
            out.push(b' ');
            write_number(out, value);
            out.push(b'\n');
        });
    }
}

fn write_head(out: &mut Vec<u8>, name: &str, help: &str, kind: Kind) {
    out.extend_from_slice(b"# HELP ");
    out.extend_from_slice(name.as_bytes());
    out.push(b' ');
    write_help(out, help);
    out.extend_from_slice(b"\n# TYPE ");
    out.extend_from_slice(name.as_bytes());
    out.push(b' ');
    out.extend_from_slice(kind.word().as_bytes());
    out.push(b'\n');
}

/// Appends a help text with `\` and newline escaped.
fn write_help(out: &mut Vec<u8>, help: &str) {
    for byte in help.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            byte => out.push(byte),
        }
    }
}
