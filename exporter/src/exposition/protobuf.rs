//! Delimited `io.prometheus.client.MetricFamily` messages, which Prometheus asks for when it wants native histograms.

use std::collections::BTreeMap;

use prost::Message;

use super::{Escaping, Merged, merge::Group};
use crate::metric::{Kind, Series, unescape};

/// Appends all families, each with its length in front.
pub fn encode(merged: &Merged<'_>, escaping: Escaping, out: &mut Vec<u8>) {
    for group in &merged.families {
        // A vector grows as needed, so this cannot fail.
        let _ = family(group, escaping).encode_length_delimited(out);
    }
}

// The fields of client_model's metrics.proto that a classic exposition needs, with its numbers.

#[derive(Clone, PartialEq, Message)]
struct MetricFamily {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(string, optional, tag = "2")]
    help: Option<String>,
    #[prost(int32, optional, tag = "3")]
    kind: Option<i32>,
    #[prost(message, repeated, tag = "4")]
    metric: Vec<Metric>,
}

#[derive(Clone, PartialEq, Message)]
struct Metric {
    #[prost(message, repeated, tag = "1")]
    label: Vec<LabelPair>,
    #[prost(message, optional, tag = "2")]
    gauge: Option<Value>,
    #[prost(message, optional, tag = "3")]
    counter: Option<Value>,
    #[prost(message, optional, tag = "4")]
    summary: Option<Summary>,
    #[prost(message, optional, tag = "5")]
    untyped: Option<Value>,
    #[prost(message, optional, tag = "7")]
    histogram: Option<Histogram>,
}

#[derive(Clone, PartialEq, Message)]
struct LabelPair {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(string, optional, tag = "2")]
    value: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(double, optional, tag = "1")]
    value: Option<f64>,
}

#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(uint64, optional, tag = "1")]
    count: Option<u64>,
    #[prost(double, optional, tag = "2")]
    sum: Option<f64>,
    #[prost(message, repeated, tag = "3")]
    quantile: Vec<Quantile>,
}

#[derive(Clone, PartialEq, Message)]
struct Quantile {
    #[prost(double, optional, tag = "1")]
    quantile: Option<f64>,
    #[prost(double, optional, tag = "2")]
    value: Option<f64>,
}

#[derive(Clone, PartialEq, Message)]
struct Histogram {
    #[prost(uint64, optional, tag = "1")]
    count: Option<u64>,
    #[prost(double, optional, tag = "2")]
    sum: Option<f64>,
    #[prost(message, repeated, tag = "3")]
    bucket: Vec<Bucket>,
}

#[derive(Clone, PartialEq, Message)]
struct Bucket {
    #[prost(uint64, optional, tag = "1")]
    cumulative_count: Option<u64>,
    #[prost(double, optional, tag = "2")]
    upper_bound: Option<f64>,
}

fn family(group: &Group<'_>, escaping: Escaping) -> MetricFamily {
    let kind = match group.family.kind {
        Kind::Counter => 0,
        Kind::Gauge => 1,
        Kind::Summary => 2,
        Kind::Untyped => 3,
        Kind::Histogram => 4,
    };
    MetricFamily {
        name: Some(escaping.spell(&group.family.name)),
        help: Some(group.family.help.to_string()),
        kind: Some(kind),
        metric: match group.family.kind {
            Kind::Histogram | Kind::Summary => compound(group, escaping),
            _ => simple(group, escaping),
        },
    }
}

fn simple(group: &Group<'_>, escaping: Escaping) -> Vec<Metric> {
    let mut metrics = Vec::new();
    group.for_each(|series, value| {
        let value = Some(Value { value: Some(value) });
        let label = Series::read(series).labels().map(|pair| label(pair, escaping)).collect();
        metrics.push(match group.family.kind {
            Kind::Counter => Metric { label, counter: value, ..Metric::default() },
            Kind::Gauge => Metric { label, gauge: value, ..Metric::default() },
            _ => Metric { label, untyped: value, ..Metric::default() },
        });
    });
    metrics
}

/// Gathers the lines of each histogram or summary into one message.
fn compound(group: &Group<'_>, escaping: Escaping) -> Vec<Metric> {
    let mut metrics: BTreeMap<Vec<(String, String)>, Metric> = BTreeMap::new();
    group.for_each(|text, value| {
        let series = Series::read(text);
        let is_bound = |name: &str| matches!(name, "le" | "quantile");
        let bound = series.labels().find(|(name, _)| is_bound(name)).and_then(|(_, bound)| bound.parse().ok());
        let own = series.labels().filter(|(name, _)| !is_bound(name));
        let key = own.clone().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let metric = metrics
            .entry(key)
            .or_insert_with(|| Metric { label: own.map(|pair| label(pair, escaping)).collect(), ..Metric::default() });
        if group.family.kind == Kind::Histogram {
            add_to_histogram(metric.histogram.get_or_insert_default(), series.suffix, bound, value);
        } else {
            add_to_summary(metric.summary.get_or_insert_default(), series.suffix, bound, value);
        }
    });
    metrics.into_values().collect()
}

fn add_to_histogram(histogram: &mut Histogram, suffix: &str, upper_bound: Option<f64>, value: f64) {
    match suffix {
        "_sum" => histogram.sum = Some(value),
        "_count" => histogram.count = Some(value as u64),
        _ => histogram.bucket.push(Bucket { cumulative_count: Some(value as u64), upper_bound }),
    }
}

fn add_to_summary(summary: &mut Summary, suffix: &str, quantile: Option<f64>, value: f64) {
    match suffix {
        "_sum" => summary.sum = Some(value),
        "_count" => summary.count = Some(value as u64),
        _ => summary.quantile.push(Quantile { quantile, value: Some(value) }),
    }
}

fn label((name, value): (&str, &str), escaping: Escaping) -> LabelPair {
    LabelPair { name: Some(escaping.spell(name)), value: Some(unescape(value)) }
}
