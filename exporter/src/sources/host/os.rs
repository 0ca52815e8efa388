//! `/etc/os-release`: which distribution this is, and until when it is looked after.

use std::{borrow::Cow, collections::HashMap};

use jiff::{civil::Date, tz::TimeZone};

use super::{Collector, Host};
use crate::metric::{Batch, Descriptor, Failure, Reason, Unit};

const INFO: Descriptor = Descriptor::gauge(
    "node_os_info",
    Unit::Info,
    &[
        "build_id",
        "id",
        "id_like",
        "image_id",
        "image_version",
        "name",
        "pretty_name",
        "variant",
        "variant_id",
        "version",
        "version_codename",
        "version_id",
    ],
    "What the distribution says of itself.",
);
const VERSION: Descriptor = Descriptor::gauge(
    "node_os_version",
    Unit::None,
    &["id", "id_like", "name"],
    "The first two parts of the distribution's version, as a number.",
);
const SUPPORT_END: Descriptor = Descriptor::gauge(
    "node_os_support_end_timestamp_seconds",
    Unit::Timestamp,
    &[],
    "The day from which the distribution gets no more fixes.",
);

/// The collector `os`.
pub const COLLECTOR: Collector = Collector {
    name: "os",
    default: true,
    metrics: &[INFO, VERSION, SUPPORT_END],
    settings: &[],
    start: |_| Ok(Box::new(read)),
};

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    for path in ["etc/os-release", "usr/lib/os-release"] {
        match host.root(path) {
            Ok(text) => return write(&parse(&text), out),
            Err(failure) if failure.reason == Reason::Missing => {}
            Err(failure) => return Err(failure),
        }
    }
    Err(Failure::no_data("no os-release in /etc or /usr/lib"))
}

fn write(fields: &HashMap<&str, Cow<'_, str>>, out: &mut Batch) -> Result<(), Failure> {
    let field = |name: &str| fields.get(name).map_or("", |value| value);
    // The file's keys are the labels in capitals.
    let labels = INFO.labels.iter().map(|label| label.to_ascii_uppercase());
    let values: Vec<&str> = labels.map(|key| field(&key)).collect();
    out.push(&INFO, &values, 1.0);
    if let Some(version) = version(field("VERSION_ID")) {
        out.push(&VERSION, &[field("ID"), field("ID_LIKE"), field("NAME")], version);
    }
    let end = field("SUPPORT_END");
    if !end.is_empty() {
        let bad = |_| Failure::parse(format!("os-release: SUPPORT_END={end:?}"));
        let day: Date = end.parse().map_err(bad)?;
        let day = TimeZone::UTC.to_timestamp(day.into()).map_err(bad)?;
        out.push(&SUPPORT_END, &[], day.as_second() as f64);
    }
    Ok(())
}

/// `12.04.5` is 12.04. A distribution without versions has none.
fn version(id: &str) -> Option<f64> {
    let whole = id.find(|c: char| !c.is_ascii_digit()).unwrap_or(id.len());
    let (whole, rest) = id.split_at_checked(whole).filter(|(whole, _)| !whole.is_empty())?;
    let fraction = rest.strip_prefix('.').unwrap_or_default();
    let fraction = fraction.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    format!("{whole}.{fraction}").parse().ok().filter(|version| *version > 0.0)
}

/// Lines of shell assignments. What is not one is passed over: the file is often edited by hand.
fn parse(text: &str) -> HashMap<&str, Cow<'_, str>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('=')).map(|(key, value)| (key, unquote(value))).collect()
}

/// The value as a shell would see it, but for spaces outside quotes, which stay.
fn unquote(value: &str) -> Cow<'_, str> {
    if !value.contains(['"', '\'', '\\', '#']) {
        return Cow::Borrowed(value);
    }
    let mut plain = String::with_capacity(value.len());
    let mut quote = None;
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '#') if plain.ends_with([' ', '\t']) => return Cow::Owned(plain.trim_ascii_end().to_owned()),
            (Some('"'), '\\') => plain.extend(chars.next_if(|next| "\"\\$`".contains(*next)).or(Some(c))),
            _ => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_by_a_shell() {
        assert_eq!(unquote("debian"), "debian");
        assert_eq!(unquote(r#""Debian GNU/Linux""#), "Debian GNU/Linux");
        assert_eq!(unquote(r"'It\s'"), r"It\s");
        assert_eq!(unquote(r#""a \"b\" \$c \\d""#), r#"a "b" $c \d"#);
        assert_eq!(unquote("two words # and a comment"), "two words");
        assert_eq!(unquote("\"C# 'n' more\" # and a comment"), "C# 'n' more");
        assert_eq!(unquote("\""), "");
        assert_eq!(unquote(r#""\"#), r"\");
    }

    #[test]
    fn a_version_is_its_first_two_numbers() {
        assert_eq!(version("12"), Some(12.0));
        assert_eq!(version("24.04.1"), Some(24.04));
        assert_eq!(version("12."), Some(12.0));
        assert_eq!(version("v3"), None);
        assert_eq!(version(".5"), None);
        assert_eq!(version("0"), None);
        assert_eq!(version(""), None);
    }
}
