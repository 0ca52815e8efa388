//! YAML text to a tree in which every key and value knows its place. The only file that touches the YAML reader.

use crate::diagnostic::{DUPLICATE_KEY, Diagnostics, FileId, Problem, Span, TOO_MUCH, YAML_SYNTAX};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Error, Spanned};
use std::fmt;

/// An honest spec is a few kilobytes; this keeps a mistaken or hostile file from costing memory.
const MAX_BYTES: usize = 1_000_000;
const MAX_DEPTH: usize = 64;

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// The entries of a mapping, in the order written.
pub(crate) type Entries = Vec<(At<String>, At<Node>)>;

/// A YAML value.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<At<Node>>),
    Map(Entries),
}

/// Parses a file, or says why it cannot be parsed.
pub(crate) fn parse(file: FileId, text: &str, problems: &mut Diagnostics) -> Option<At<Node>> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; at most {MAX_BYTES} are read", text.len());
        problems.push(Problem::error(&TOO_MUCH, Span { file, start: 0, end: 0 }, message));
        return None;
    }
    let options = serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
        budget: serde_yaml::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: 250_000,
            enforce_alias_anchor_ratio: false,
        },
    };
    match serde_yaml::from_str_with_options::<Spanned<Raw>>(text, options) {
        Ok(raw) => Some(place(raw, file, text)),
        Err(error) => {
            problems.push(explain(&error, file, text));
            None
        }
    }
}

fn explain(error: &Error, file: FileId, text: &str) -> Problem {
    let span = error.location().map_or(Span { file, start: 0, end: 0 }, |l| span_of(l, file, text));
    let message = error.render_with_formatter(&serde_yaml::UserMessageFormatter);
    // The renderer prefixes the position, which stands in the frame around the message already.
    let message = message.lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
    let message = match message.split_once(": ") {
        Some((head, rest)) if head.starts_with("line ") => rest.to_owned(),
        _ => message,
    };
    // So does the position at the end of some messages.
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    let too_much = "the file is nested deeper, or expands further, than is read";
    // A limit met inside an alias, or by the scanner, comes wrapped or as text only; the words are the same.
    let limit = ["limits breached", "recursion limit", "alias replay"].iter().any(|words| message.contains(words));
    match error.without_snippet() {
        Error::DuplicateMappingKey { .. } => Problem::error(&DUPLICATE_KEY, span, message),
        Error::Budget { .. } => Problem::error(&TOO_MUCH, span, too_much),
        _ if limit => Problem::error(&TOO_MUCH, span, too_much),
        _ => Problem::error(&YAML_SYNTAX, span, message).maybe_help(quoting_help(span, text)),
    }
}

/// The usual slip: an unquoted bound such as `critical: > 5`, which YAML takes for the start of a text block.
fn quoting_help(span: Span, text: &str) -> Option<String> {
    let line = text.get(span.range(text).start..).and_then(|rest| rest.lines().next()).unwrap_or("");
    let start = text.get(..span.range(text).start)?.rfind('\n').map_or(0, |i| i + 1);
    let whole = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or(line);
    let (_, value) = whole.split_once(": ")?;
    let value = value.trim();
    value.starts_with(['>', '|', '{', '%', '@', '`']).then(|| format!("quote the value: \"{value}\""))
}

fn span_of(location: serde_yaml::Location, file: FileId, text: &str) -> Span {
    let span = location.span();
    match (span.byte_offset(), span.byte_len()) {
        (Some(start), Some(len)) => {
            let start = usize::try_from(start).unwrap_or(text.len()).min(text.len());
            let end = start.saturating_add(usize::try_from(len).unwrap_or(0)).min(text.len());
            Span { file, start, end }
        }
        _ => {
            let line_start: usize = text
                .split_inclusive('\n')
                .take(usize::try_from(location.line()).unwrap_or(1).saturating_sub(1))
                .map(str::len)
                .sum();
            let start = line_start + usize::try_from(location.column()).unwrap_or(1).saturating_sub(1);
            Span { file, start: start.min(text.len()), end: start.min(text.len()) }
        }
    }
}

/// Narrows a quoted scalar to what stands between the quotes, so that a caret can point into it.
fn inside_quotes(span: Span, text: &str, value: &str) -> Span {
    let raw = text.get(span.range(text)).unwrap_or("");
    let inner = raw.trim_end().strip_prefix(['"', '\'']).and_then(|r| r.strip_suffix(['"', '\'']));
    if inner == Some(value) {
        return Span { file: span.file, start: span.start + 1, end: span.start + 1 + value.len() };
    }
    let plain = raw.trim_end().len();
    Span { file: span.file, start: span.start, end: span.start + plain }
}

impl At<String> {
    /// The place of bytes `range` of the text; the whole text where escapes or folding moved the bytes about.
    pub(crate) fn part(&self, range: std::ops::Range<usize>) -> Span {
        if self.span.end - self.span.start == self.value.len() {
            self.span.part(range.start, range.end)
        } else {
            self.span
        }
    }
}

/// What the YAML reader fills; kept apart from [`Node`] because the reader's places must be resolved against the text.
enum Raw {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn place(raw: Spanned<Raw>, file: FileId, text: &str) -> At<Node> {
    let mut span = span_of(raw.referenced, file, text);
    if let Raw::Text(value) = &raw.value {
        span = inside_quotes(span, text, value);
    }
    let value = match raw.value {
        Raw::Null => Node::Null,
        Raw::Bool(b) => Node::Bool(b),
        Raw::Number(n) => Node::Number(n),
        Raw::Text(t) => Node::Text(t),
        Raw::List(items) => Node::List(items.into_iter().map(|item| place(item, file, text)).collect()),
        Raw::Map(entries) => Node::Map(
            entries
                .into_iter()
                .map(|(k, v)| (At { span: span_of(k.referenced, file, text), value: k.value }, place(v, file, text)))
                .collect(),
        ),
    };
    At { value, span }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}
