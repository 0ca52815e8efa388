//! The Prometheus text formats: 0.0.4, which every scraper reads, and 1.0.0, which differs in quoted names only.

use super::{
    Escaping, Merged,
    sample::{spelled, write_help, write_name, write_samples},
};

/// Appends all families.
pub fn encode(merged: &Merged<'_>, escaping: Escaping, out: &mut Vec<u8>) {
    for group in &merged.families {
        let family = group.family;
        let name = spelled(&family.name, escaping);
        out.extend_from_slice(b"# HELP ");
        write_name(out, &name);
        out.push(b' ');
        write_help(out, &family.help);
        out.extend_from_slice(b"\n# TYPE ");
        write_name(out, &name);
        out.push(b' ');
        out.extend_from_slice(family.kind.word().as_bytes());
        out.push(b'\n');
        write_samples(out, group, escaping);
    }
}
