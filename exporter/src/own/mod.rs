//! What the exporter says about itself, kept in the `prometheus` crate's registry.
//!
//! These few series change with every request and are shared between threads, which is what that crate is for;
//! what collectors measure goes the direct way (see [`crate::metric`]).

mod process;

use prometheus::{
    Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    core::Collector,
    proto::{LabelPair, MetricFamily, MetricType},
};

use crate::metric::{Batch, Descriptor, Foreign, Kind, Unit};

const BUILD: Descriptor = Descriptor::gauge(
    "stack_exporter_build_info",
    Unit::Info,
    &["version"],
    "Always 1; the label says which build of the exporter this is.",
);
const NODE_BUILD: Descriptor = Descriptor::gauge(
    "node_exporter_build_info",
    Unit::Info,
    &["version"],
    "Always 1; the label says which node_exporter's names the host metrics have.",
);
const ANSWERS: Descriptor =
    Descriptor::counter("stack_exporter_http_answers_total", Unit::Count, &["code"], "HTTP answers by status code.");
const CONNECTIONS: Descriptor =
    Descriptor::gauge("stack_exporter_http_connections", Unit::Count, &[], "HTTP connections open now.");
const CLOSED: Descriptor = Descriptor::counter(
    "stack_exporter_http_closed_total",
    Unit::Count,
    &["limit"],
    "HTTP connections closed because they hit a limit, by limit.",
);
const SCRAPES: Descriptor = Descriptor::counter(
    "stack_exporter_scrapes_total",
    Unit::Count,
    &["from"],
    "Scrapes by what they were answered from: a run of their own, or one shared with others.",
);
const SECONDS: Descriptor = Descriptor {
    name: "stack_exporter_scrape_seconds",
    help: "Time from a scrape's request to its encoded answer.",
    kind: Kind::Histogram,
    unit: Unit::Seconds,
    labels: &[],
};
const DROPPED: Descriptor = Descriptor::counter(
    "stack_exporter_dropped_samples_total",
    Unit::Count,
    &["collector", "reason"],
    "Samples that a collector produced and that are not exposed, by reason.",
);
const PANICS: Descriptor =
    Descriptor::counter("stack_exporter_collector_panics_total", Unit::Count, &[], "Panics in collectors, contained.");

/// Every family that the exporter has about itself.
pub const METRICS: &[Descriptor] = &[
    BUILD,
    NODE_BUILD,
    ANSWERS,
    CONNECTIONS,
    CLOSED,
    SCRAPES,
    SECONDS,
    DROPPED,
    PANICS,
    process::CPU,
    process::RESIDENT,
    process::VIRTUAL,
    process::VIRTUAL_MAX,
    process::OPEN_FDS,
    process::MAX_FDS,
    process::START,
    process::THREADS,
];

/// Upper bounds of the scrape histogram, in seconds.
const BUCKETS: [f64; 11] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0, 2.5, 5.0, 10.0];

/// Counters of the exporter itself. Cloning shares them.
#[derive(Clone)]
pub struct Own {
    registry: Registry,
    /// HTTP answers by status code.
    pub answers: IntCounterVec,
    /// HTTP connections open now.
    pub connections: IntGauge,
    /// HTTP connections closed by us, by the limit they hit.
    pub closed: IntCounterVec,
    /// Scrapes answered, by how their data came about.
    pub scrapes: IntCounterVec,
    /// From request to encoded answer.
    pub scrape_seconds: Histogram,
    /// Samples that collectors produced and that are not exposed.
    pub dropped: IntCounterVec,
    /// Panics of collectors, contained.
    pub panics: IntCounter,
}

impl Own {
    /// A registry of its own: two exporters in one process (a test) do not share counters.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counters =
            |of: &Descriptor| register(&registry, IntCounterVec::new(Opts::new(of.name, of.help), of.labels)?);
        for (build, version) in [(&BUILD, env!("CARGO_PKG_VERSION")), (&NODE_BUILD, "1.11.1")] {
            let options = Opts::new(build.name, build.help).const_label("version", version);
            register(&registry, IntGauge::with_opts(options)?)?.set(1);
        }
        let seconds = HistogramOpts::new(SECONDS.name, SECONDS.help).buckets(BUCKETS.to_vec());
        Ok(Self {
            answers: counters(&ANSWERS)?,
            connections: register(&registry, IntGauge::new(CONNECTIONS.name, CONNECTIONS.help)?)?,
            closed: counters(&CLOSED)?,
            scrapes: counters(&SCRAPES)?,
            scrape_seconds: register(&registry, Histogram::with_opts(seconds)?)?,
            dropped: counters(&DROPPED)?,
            panics: register(&registry, IntCounter::new(PANICS.name, PANICS.help)?)?,
            registry,
        })
    }

    /// Puts all of it into a batch.
    pub fn report(&self, batch: &mut Batch) {
        for family in self.registry.gather() {
            report_family(&family, batch);
        }
        process::report(batch);
    }
}

fn register<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> Result<C, prometheus::Error> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

fn report_family(family: &MetricFamily, batch: &mut Batch) {
    let kind = match family.get_field_type() {
        MetricType::COUNTER => Kind::Counter,
        MetricType::HISTOGRAM => Kind::Histogram,
        _ => Kind::Gauge,
    };
    let head = Foreign { name: family.name(), help: family.help(), kind, suffix: "" };
    for metric in family.get_metric() {
        let labels: Vec<_> = metric.get_label().iter().map(|pair: &LabelPair| (pair.name(), pair.value())).collect();
        let labels = labels.iter().copied();
        match kind {
            Kind::Counter => batch.push_foreign(&head, labels, metric.get_counter().get_value()),
            Kind::Histogram => report_histogram(metric.get_histogram(), &head, batch),
            _ => batch.push_foreign(&head, labels, metric.get_gauge().get_value()),
        }
    }
}

fn report_histogram(histogram: &prometheus::proto::Histogram, head: &Foreign<'_>, batch: &mut Batch) {
    let count = histogram.get_sample_count() as f64;
    let buckets = histogram.get_bucket().iter().map(|b| (b.upper_bound().to_string(), b.cumulative_count() as f64));
    for (bound, count) in buckets.chain([("+Inf".to_owned(), count)]) {
        batch.push_foreign(&Foreign { suffix: "_bucket", ..*head }, [("le", bound.as_str())].into_iter(), count);
    }
    let none = || std::iter::empty();
    batch.push_foreign(&Foreign { suffix: "_sum", ..*head }, none(), histogram.get_sample_sum());
    batch.push_foreign(&Foreign { suffix: "_count", ..*head }, none(), count);
}
