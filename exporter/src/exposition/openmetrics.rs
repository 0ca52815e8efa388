//! OpenMetrics 1.0. Stricter than the text format: a counter's samples end in `_total` and its family does not, bounds
//! are written as floats, units are said, and a last line proves that nothing was cut off.

use std::borrow::Cow;

use super::{
    Escaping, Merged,
    sample::{end_line, spelled, write_name, write_samples, write_spelled},
};
use crate::metric::{Kind, Series, write_label_value};

/// Appends all families and the end mark.
pub fn encode(merged: &Merged<'_>, escaping: Escaping, out: &mut Vec<u8>) {
    let mut previous = Cow::Borrowed("");
    for group in &merged.families {
        let family = group.family;
        let full = spelled(&family.name, escaping);
        let (name, kind) = name_and_kind(&full, family.kind, &previous);
        let mut line = |keyword: &str, text: &str| {
            out.extend_from_slice(keyword.as_bytes());
            write_name(out, name);
            out.push(b' ');
            out.extend_from_slice(text.as_bytes());
            out.push(b'\n');
        };
        line("# TYPE ", kind);
        if has_unit(name, family.unit) {
            line("# UNIT ", family.unit);
        }
        let mut help = String::new();
        write_label_value(&mut help, &family.help);
        line("# HELP ", &help);
        if matches!(family.kind, Kind::Histogram | Kind::Summary) {
            group.for_each(|series, value| {
                write_spelled(out, &family.name, Series::read(series), escaping, as_float);
                end_line(out, value);
            });
        } else {
            write_samples(out, group, escaping);
        }
        previous = full;
    }
    out.extend_from_slice(b"# EOF\n");
}

/// The name that a family has here. A counter without `_total` in its name stays findable under that name only as
/// `unknown`; so does one whose name without `_total` is taken.
fn name_and_kind<'a>(name: &'a str, kind: Kind, previous: &str) -> (&'a str, &'static str) {
    match (kind, name.strip_suffix("_total")) {
        (Kind::Counter, Some(base)) if base != previous => (base, "counter"),
        (Kind::Counter | Kind::Untyped, _) => (name, "unknown"),
        (kind, _) => (name, kind.word()),
    }
}

/// The format allows a unit only where the name ends in it.
fn has_unit(name: &str, unit: &str) -> bool {
    !unit.is_empty() && name.strip_suffix(unit).is_some_and(|rest| rest.ends_with('_'))
}

/// `1` is written `1.0`.
fn as_float(bound: &str) -> String {
    let whole = bound.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if whole { format!("{bound}.0") } else { bound.to_owned() }
}
