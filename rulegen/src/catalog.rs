//! Which metrics exist: type, unit, labels, range. The type environment of every spec.

use crate::diagnostic::{Code, Diagnostics, Problem, Role, Sources, WRONG_SHAPE};
use crate::spec::{At, Fields, Node, parse, texts};
use crate::units::{Base, Unit};
use indexmap::IndexMap;

/// The type a metric is exposed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Gauge,
    Counter,
    Untyped,
    Histogram,
    Summary,
}

const TYPES: [(&str, Type); 5] = [
    ("gauge", Type::Gauge),
    ("counter", Type::Counter),
    ("untyped", Type::Untyped),
    ("histogram", Type::Histogram),
    ("summary", Type::Summary),
];

impl Type {
    pub(crate) fn name(self) -> &'static str {
        TYPES.iter().find(|(_, t)| *t == self).map_or("", |(name, _)| *name)
    }
}

/// The values a metric can take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Range {
    pub(crate) const ANY: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };
    pub(crate) const NOT_NEGATIVE: Self = Self { low: 0.0, high: f64::INFINITY };
    pub(crate) const UNIT: Self = Self { low: 0.0, high: 1.0 };
}

#[derive(Clone, Debug)]
pub(crate) struct Metric {
    pub(crate) kind: Type,
    pub(crate) unit: Unit,
    /// Labels that the exporter can set; those of the scrape come on top.
    pub(crate) labels: Vec<String>,
    pub(crate) range: Range,
    pub(crate) collector: String,
    /// Collected without any switch.
    pub(crate) default: bool,
    pub(crate) help: String,
}

/// All catalogs together.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    metrics: IndexMap<String, Metric>,
    patterns: Vec<(String, Metric)>,
}

impl Catalog {
    pub(crate) fn get(&self, name: &str) -> Option<&Metric> {
        self.metrics.get(name).or_else(|| {
            let matching = self.patterns.iter().find(|(pattern, _)| matches_pattern(pattern, name));
            matching.map(|(_, metric)| metric)
        })
    }

    /// A listed name one slip away from a name that only a pattern knows.
    pub(crate) fn nearly(&self, name: &str) -> Option<&str> {
        let unlisted = !self.metrics.contains_key(name);
        self.names().find(|known| unlisted && strsim::damerau_levenshtein(known, name) == 1)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.metrics.keys().map(String::as_str)
    }
}

/// `*` stands for one or more of `[a-zA-Z0-9_]`. Patterns come from a printed file and have one star or two.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, rest)) => name.strip_prefix(head).is_some_and(|tail| {
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let word = tail.chars().take_while(|c| is_word(*c)).count();
            (1..=word).any(|taken| tail.get(taken..).is_some_and(|after| matches_pattern(rest, after)))
        }),
    }
}

/// Reads every catalog.
pub(crate) fn read(sources: &Sources, problems: &mut Diagnostics) -> Catalog {
    let mut catalog = Catalog::default();
    built_in(&mut catalog);
    for (id, file) in sources.of_role(Role::Catalog) {
        let Some(mut fields) =
            parse(id, &file.text, problems).and_then(|node| Fields::open(node, "a catalog", problems))
        else {
            continue;
        };
        fields.text("exporter");
        for (name, node) in fields.named("metrics") {
            if let Some(metric) = metric(node, fields.problems) {
                catalog.metrics.insert(name.value, metric);
            }
        }
        for (pattern, node) in fields.named("patterns") {
            catalog.patterns.extend(metric(node, fields.problems).map(|metric| (pattern.value, metric)));
        }
        fields.close();
    }
    catalog
}

/// Series that Prometheus itself makes for every scrape.
fn built_in(catalog: &mut Catalog) {
    let list = [
        ("up", Base::Bool, Range::UNIT, "1 when the last scrape of the target succeeded."),
        ("scrape_duration_seconds", Base::Seconds, Range::NOT_NEGATIVE, "How long the last scrape took."),
        ("scrape_samples_scraped", Base::Count, Range::NOT_NEGATIVE, "How many samples the last scrape brought."),
    ];
    for (name, base, range, help) in list {
        let metric = Metric {
            kind: Type::Gauge,
            unit: Unit::of(base),
            labels: Vec::new(),
            range,
            collector: String::new(),
            default: true,
            help: help.to_owned(),
        };
        catalog.metrics.insert(name.to_owned(), metric);
    }
}

fn metric(node: At<Node>, problems: &mut Diagnostics) -> Option<Metric> {
    let mut fields = Fields::open(node, "a metric", problems)?;
    let kind = fields.need_text("type").and_then(|t| {
        let found = TYPES.iter().find(|(name, _)| *name == t.value).map(|(_, kind)| *kind);
        unless_known(found, &t, "a metric type", fields.problems)
    });
    let unit =
        fields.need_text("unit").and_then(|u| unless_known(Unit::named(&u.value), &u, "a unit", fields.problems));
    let labels = fields.take("labels").map(|n| texts(n, "labels", fields.problems)).unwrap_or_default();
    let written_range = fields.take("range").and_then(|n| range(n, fields.problems));
    fields.text("source");
    let collector = fields.text("collector").map(|c| c.value).unwrap_or_default();
    let default = fields.flag("default").is_none_or(|d| d.value);
    let help = fields.text("help").map(|h| h.value).unwrap_or_default();
    fields.close();
    let (kind, unit) = (kind?, unit?);
    let range = written_range.unwrap_or(implied_range(kind, unit));
    Some(Metric { kind, unit, labels: labels.into_iter().map(|l| l.value).collect(), range, collector, default, help })
}

fn unless_known<T>(found: Option<T>, word: &At<String>, what: &str, problems: &mut Diagnostics) -> Option<T> {
    if found.is_none() {
        let known: Vec<&str> = if what == "a unit" { Unit::names().collect() } else { TYPES.map(|(n, _)| n).to_vec() };
        let code: &'static Code = &WRONG_SHAPE;
        let message = format!("`{}` is not {what}", word.value);
        problems.push(Problem::error(code, word.span, message).help(format!("one of {}", known.join(", "))));
    }
    found
}

fn implied_range(kind: Type, unit: Unit) -> Range {
    match (kind, unit.base) {
        (_, Base::Bool | Base::Info | Base::Ratio) => Range::UNIT,
        (Type::Counter, _) | (_, Base::Bytes) => Range::NOT_NEGATIVE,
        _ => Range::ANY,
    }
}

fn range(node: At<Node>, problems: &mut Diagnostics) -> Option<Range> {
    if let Node::List(items) = &node.value
        && let [At { value: Node::Number(low), .. }, At { value: Node::Number(high), .. }] = items.as_slice()
    {
        return Some(Range { low: *low, high: *high });
    }
    problems.push(Problem::error(&WRONG_SHAPE, node.span, "a range is a list of two numbers: [0, 100]"));
    None
}

#[cfg(test)]
mod tests {
    use super::matches_pattern;

    #[test]
    fn a_star_stands_for_at_least_one_character() {
        assert!(matches_pattern("node_memory_*_bytes", "node_memory_Active_anon_bytes"));
        assert!(!matches_pattern("node_memory_*_bytes", "node_memory__bytes"));
        assert!(!matches_pattern("node_memory_*_bytes", "node_memory_Active"));
        assert!(matches_pattern("a_*_b_*", "a_x_b_y"));
    }
}
