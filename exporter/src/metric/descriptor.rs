//! What a metric is: name, help, type, unit, labels. Written once, in the collector that fills it.

/// A metric family as declared by its collector.
///
/// A `*` in the name makes it a pattern: the family's names are known only at run time
/// (a line of `/proc/meminfo` becomes a name), and the descriptor says what they all share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// Family name as exposed in the text format, `_total` included.
    pub name: &'static str,
    /// One sentence for a person who has never seen the metric.
    pub help: &'static str,
    /// Prometheus type.
    pub kind: Kind,
    /// Unit of the value.
    pub unit: Unit,
    /// Every label the collector may set, in alphabetical order: one spelling for each series.
    pub labels: &'static [&'static str],
}

impl Descriptor {
    /// A value that goes up and down.
    pub const fn gauge(name: &'static str, unit: Unit, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, help, kind: Kind::Gauge, unit, labels }
    }

    /// A value that only grows, and starts again from zero with its owner.
    pub const fn counter(name: &'static str, unit: Unit, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, help, kind: Kind::Counter, unit, labels }
    }

    /// A value whose type its origin does not say; existing dashboards rely on some families staying so.
    pub const fn untyped(name: &'static str, unit: Unit, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, help, kind: Kind::Untyped, unit, labels }
    }

    /// Whether the name stands for many families.
    pub fn is_pattern(&self) -> bool {
        self.name.contains('*')
    }

    /// Whether `name` is this family, or one of those that the pattern stands for.
    pub fn covers(&self, name: &str) -> bool {
        match self.name.split_once('*') {
            None => self.name == name,
            Some((head, tail)) => {
                name.len() > head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
            }
        }
    }
}

/// Prometheus metric types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Cumulative buckets, a sum and a count.
    Histogram,
    /// Quantiles, a sum and a count.
    Summary,
    /// Not said.
    #[default]
    Untyped,
}

impl Kind {
    /// The word of the text format, and of the catalog.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
            Self::Untyped => "untyped",
        }
    }
}

/// Units of values. Base units only, as the Prometheus naming rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number without a unit: a load, a level, an identifier.
    None,
    /// A number of things.
    Count,
    /// A duration.
    Seconds,
    /// A moment, in seconds since 1970.
    Timestamp,
    /// An amount of data.
    Bytes,
    /// A share, 0 to 1.
    Ratio,
    /// 0 or 1.
    Bool,
    /// Always 1; the labels carry the meaning.
    Info,
    /// A temperature.
    Celsius,
    /// A frequency.
    Hertz,
    /// A voltage.
    Volts,
    /// A current.
    Amperes,
    /// A power.
    Watts,
    /// An energy.
    Joules,
    /// Revolutions per minute.
    Rpm,
}

impl Unit {
    /// The word that a family's name ends in, and that OpenMetrics says; empty where there is none.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::None | Self::Count | Self::Bool | Self::Info => "",
            Self::Timestamp => "seconds",
            other => other.word(),
        }
    }

    /// The word of the catalog.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Count => "count",
            Self::Seconds => "seconds",
            Self::Timestamp => "timestamp",
            Self::Bytes => "bytes",
            Self::Ratio => "ratio",
            Self::Bool => "bool",
            Self::Info => "info",
            Self::Celsius => "celsius",
            Self::Hertz => "hertz",
            Self::Volts => "volts",
            Self::Amperes => "amperes",
            Self::Watts => "watts",
            Self::Joules => "joules",
            Self::Rpm => "rpm",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_needs_something_in_its_gap() {
        let pattern = Descriptor::gauge("node_memory_*_bytes", Unit::Bytes, &[], "");
        assert!(pattern.covers("node_memory_Dirty_bytes"));
        assert!(!pattern.covers("node_memory_bytes"));
        assert!(!pattern.covers("node_memory__bytes"));
        assert!(!pattern.covers("node_load1"));
    }
}
