//! Sample lines, as the text formats share them.

use std::borrow::Cow;

use super::{Escaping, merge::Group};
use crate::metric::{Series, is_legacy_name, write_number};

/// A name as this scheme spells it.
pub fn spelled(name: &str, escaping: Escaping) -> Cow<'_, str> {
    if is_legacy_name(name) && !escaping.touches_all() { Cow::Borrowed(name) } else { Cow::Owned(escaping.spell(name)) }
}

/// Appends a spelled name, in quotes where it needs them.
pub fn write_name(out: &mut Vec<u8>, name: &str) {
    let quoted = !is_legacy_name(name);
    if quoted {
        out.push(b'"');
    }
    out.extend_from_slice(name.as_bytes());
    if quoted {
        out.push(b'"');
    }
}

/// Appends all samples of a family.
pub fn write_samples(out: &mut Vec<u8>, group: &Group<'_>, escaping: Escaping) {
    let name = group.family.name.as_bytes();
    if group.quoted || escaping.touches_all() {
        group.for_each(|series, value| {
            write_spelled(out, &group.family.name, Series::read(series), escaping, str::to_owned);
            end_line(out, value);
        });
    } else {
        // The common case, and all that matters for speed: three copies and a number.
        group.for_each(|series, value| {
            out.extend_from_slice(name);
            out.extend_from_slice(series.as_bytes());
            end_line(out, value);
        });
    }
}

/// Appends one series with its names spelled anew and its `le` and `quantile` passed through `bound`.
pub fn write_spelled(
    out: &mut Vec<u8>,
    family: &str,
    series: Series<'_>,
    escaping: Escaping,
    bound: impl Fn(&str) -> String,
) {
    let name = escaping.spell(family) + series.suffix;
    let mut separator = b'{';
    if is_legacy_name(&name) {
        out.extend_from_slice(name.as_bytes());
    } else {
        // A name that needs quotes stands among the labels.
        out.extend_from_slice(b"{\"");
        out.extend_from_slice(name.as_bytes());
        out.push(b'"');
        separator = b',';
    }
    for (label, value) in series.labels() {
        out.push(separator);
        write_name(out, &spelled(label, escaping));
        out.extend_from_slice(b"=\"");
        let value = if matches!(label, "le" | "quantile") { &bound(value) } else { value };
        out.extend_from_slice(value.as_bytes());
        out.push(b'"');
        separator = b',';
    }
    if separator == b',' {
        out.push(b'}');
    }
}

/// Appends the value and ends the line.
pub fn end_line(out: &mut Vec<u8>, value: f64) {
    out.push(b' ');
    write_number(out, value);
    out.push(b'\n');
}

/// Appends a help text with `\` and newline escaped.
pub fn write_help(out: &mut Vec<u8>, help: &str) {
    let mut rest = help.as_bytes();
    // Almost no help has any, so it is copied in one piece.
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\\' | b'\n'))
        && let (plain, [odd, after @ ..]) = rest.split_at(at)
    {
        out.extend_from_slice(plain);
        out.extend_from_slice(if *odd == b'\n' { b"\\n" } else { b"\\\\" });
        rest = after;
    }
    out.extend_from_slice(rest);
}
