//! The families by which the host's collectors are reported on.

use crate::{
    metric::{Descriptor, Unit},
    sources::Status,
};

/// Named as node_exporter names them; the third is ours.
pub static STATUS: Status = Status([
    Descriptor::gauge(
        "node_scrape_collector_success",
        Unit::Bool,
        &["collector"],
        "Whether the collector brought all it should.",
    ),
    Descriptor::gauge(
        "node_scrape_collector_duration_seconds",
        Unit::Seconds,
        &["collector"],
        "How long the collector took.",
    ),
    Descriptor::gauge(
        "node_scrape_collector_failure",
        Unit::Info,
        &["collector", "reason"],
        "Present while the collector brings less than it should; the reason is one of a fixed set.",
    ),
]);
