//! One set of samples in every format, each read back by a judge of its own.

use std::{io::Read, sync::Arc};

use stack_exporter::{
    exposition::{Encoding, Escaping, Format, compress, encode},
    metric::{Batch, Descriptor, Foreign, Kind, Snapshot, Unit},
};
use stack_tests::exposition::{read_openmetrics, read_text};

const GAUGE: Descriptor = Descriptor::gauge("t_gauge_bytes", Unit::Bytes, &["path"], "A gauge\nwith \"odd\" \\ help.");
const COUNTER: Descriptor = Descriptor::counter("t_events_total", Unit::Count, &[], "A counter.");
const OLD_COUNTER: Descriptor = Descriptor::counter("t_old", Unit::Count, &[], "A counter with an old name.");
const UNTYPED: Descriptor = Descriptor::untyped("t_untyped", Unit::None, &[], "Untyped.");

fn snapshot() -> Arc<Snapshot> {
    let mut batch = Batch::new(1000);
    for (path, value) in [("/", 1.5e9), ("a\"b\\c\nd", f64::NAN), ("é", f64::NEG_INFINITY), ("", 0.1)] {
        batch.push(&GAUGE, &[path], value);
    }
    batch.push(&COUNTER, &[], 3.0);
    batch.push(&OLD_COUNTER, &[], 4.0);
    batch.push(&UNTYPED, &[], -1.0);
    let histogram = Foreign { name: "t_seconds", help: "A histogram.", kind: Kind::Histogram, suffix: "_bucket" };
    for (le, count) in [("0.1", 1.0), ("1", 2.0), ("+Inf", 3.0)] {
        batch.push_foreign(&histogram, [("x", "y"), ("le", le)].into_iter(), count);
    }
    batch.push_foreign(&Foreign { suffix: "_sum", ..histogram }, [("x", "y")].into_iter(), 4.5);
    batch.push_foreign(&Foreign { suffix: "_count", ..histogram }, [("x", "y")].into_iter(), 3.0);
    let dotted = Foreign { name: "t.dotted", help: "A UTF-8 name.", kind: Kind::Gauge, suffix: "" };
    batch.push_foreign(&dotted, [("a.b", "c"), ("d", "e")].into_iter(), 5.0);
    Arc::new(batch.seal().0)
}

fn encoded(encoding: Encoding, escaping: Escaping) -> Vec<u8> {
    encode(&[snapshot()], Format { encoding, escaping }).0
}

#[test]
fn text_0() {
    let families = read_text(&encoded(Encoding::Text0, Escaping::Underscores)).unwrap();
    assert_eq!(families["t_gauge_bytes"].help, "A gauge\nwith \"odd\" \\ help.");
    let paths: Vec<_> = families["t_gauge_bytes"].samples.iter().map(|s| s.labels["path"].clone()).collect();
    assert_eq!(paths, ["/", "a\"b\\c\nd", "é", ""]);
    assert_eq!(families["t_old"].kind, "counter");
    assert_eq!(families["t_seconds"].samples.len(), 5);
    assert_eq!(families["t_dotted"].samples[0].labels["a_b"], "c");
}

#[test]
fn text_1_quotes_names() {
    let families = read_text(&encoded(Encoding::Text1, Escaping::AllowUtf8)).unwrap();
    assert_eq!(families["t.dotted"].samples[0].labels["a.b"], "c");
    assert!(families.contains_key("t_untyped"));
}

#[test]
fn openmetrics() {
    let bytes = encoded(Encoding::OpenMetrics1, Escaping::AllowUtf8);
    let families = read_openmetrics(&bytes).unwrap();
    assert_eq!(families["t_events"].kind, "counter");
    assert_eq!(families["t_events"].samples[0].name, "t_events_total");
    // Under `counter` the name would have to change, and dashboards with it.
    assert_eq!((&*families["t_old"].kind, &*families["t_old"].samples[0].name), ("unknown", "t_old"));
    assert_eq!(families["t_gauge_bytes"].help, "A gauge\nwith \"odd\" \\ help.");
    let bounds: Vec<_> = families["t_seconds"].samples.iter().filter_map(|s| s.labels.get("le")).collect();
    assert_eq!(bounds, ["0.1", "1.0", "+Inf"]);
    assert!(String::from_utf8(bytes).unwrap().contains("# UNIT t_gauge_bytes bytes\n"));
}

#[test]
fn every_escaping_gives_names_that_its_readers_know() {
    for (escaping, name, label) in [
        (Escaping::Underscores, "t_dotted", "a_b"),
        (Escaping::Dots, "t_dot_dotted", "a_dot_b"),
        (Escaping::Values, "U__t_2E_dotted", "U__a_2E_b"),
    ] {
        let families = read_openmetrics(&encoded(Encoding::OpenMetrics1, escaping)).unwrap();
        assert_eq!(families[name].samples[0].labels[label], "c");
    }
}

#[test]
fn protobuf_reads_back() {
    use prost::Message;

    /// The wire format alone: field numbers and their bytes.
    #[derive(Clone, PartialEq, Message)]
    struct Family {
        #[prost(string, tag = "1")]
        name: String,
        #[prost(int32, tag = "3")]
        kind: i32,
        #[prost(message, repeated, tag = "4")]
        metric: Vec<Metric>,
    }
    #[derive(Clone, PartialEq, Message)]
    struct Metric {
        #[prost(message, repeated, tag = "1")]
        label: Vec<Pair>,
        #[prost(message, optional, tag = "2")]
        gauge: Option<Value>,
        #[prost(message, optional, tag = "7")]
        histogram: Option<Histogram>,
    }
    #[derive(Clone, PartialEq, Message)]
    struct Pair {
        #[prost(string, tag = "1")]
        name: String,
        #[prost(string, tag = "2")]
        value: String,
    }
    #[derive(Clone, PartialEq, Message)]
    struct Value {
        #[prost(double, tag = "1")]
        value: f64,
    }
    #[derive(Clone, PartialEq, Message)]
    struct Histogram {
        #[prost(uint64, tag = "1")]
        count: u64,
        #[prost(double, tag = "2")]
        sum: f64,
        #[prost(message, repeated, tag = "3")]
        bucket: Vec<Bucket>,
    }
    #[derive(Clone, PartialEq, Message)]
    struct Bucket {
        #[prost(uint64, tag = "1")]
        count: u64,
        #[prost(double, tag = "2")]
        bound: f64,
    }

    let bytes = encoded(Encoding::Protobuf, Escaping::AllowUtf8);
    let mut rest = &bytes[..];
    let mut families = Vec::new();
    while !rest.is_empty() {
        families.push(Family::decode_length_delimited(&mut rest).unwrap());
    }
    let names: Vec<_> = families.iter().map(|family| &*family.name).collect();
    assert_eq!(names, ["t.dotted", "t_events_total", "t_gauge_bytes", "t_old", "t_seconds", "t_untyped"]);
    assert_eq!(families[2].metric[1].label[0].value, "a\"b\\c\nd");
    assert_eq!(families[2].metric[0].gauge.as_ref().unwrap().value, 1.5e9);
    let histogram = families[4].metric[0].histogram.as_ref().unwrap();
    assert_eq!((histogram.count, histogram.sum, histogram.bucket.len()), (3, 4.5, 3));
    assert_eq!(histogram.bucket[2], Bucket { count: 3, bound: f64::INFINITY });
}

#[test]
fn snapshots_are_merged_and_series_kept_once() {
    let mut other = Batch::new(10);
    other.push(&GAUGE, &["/"], 9.0);
    other.push(&GAUGE, &["/other"], 7.0);
    let (bytes, duplicates) = encode(&[snapshot(), Arc::new(other.seal().0)], Format::default());
    let families = read_text(&bytes).unwrap();
    let values: Vec<_> = families["t_gauge_bytes"].samples.iter().map(|s| s.value).collect();
    assert_eq!((values[0], values[4], values.len(), duplicates), (1.5e9, 7.0, 5, 1));
}

#[test]
fn packed_bytes_unpack() {
    let plain = encoded(Encoding::Text0, Escaping::Underscores);
    let packed = compress(&plain).unwrap();
    let mut back = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut back).unwrap();
    assert_eq!(back, plain);
}

/// Ten thousand odd label values: none may break a format.
#[test]
fn no_label_value_breaks_a_format() {
    let mut seed = 7_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as u32
    };
    let mut batch = Batch::new(20_000);
    for _ in 0..10_000 {
        let odd = ['"', '\\', '\n', ',', '}', '{', '=', '\t', '\0', '\u{7f}', 'é', '\u{2028}', '𝄞', 'a', ' ', '#'];
        let value: String = (0..next() % 12).map(|_| odd[next() as usize % odd.len()]).collect();
        batch.push(&GAUGE, &[&value], 1.0);
    }
    let snapshot = Arc::new(batch.seal().0);
    let series = snapshot.len();
    for (encoding, escaping) in [(Encoding::Text0, Escaping::Underscores), (Encoding::Text0, Escaping::Dots)] {
        let (bytes, _) = encode(&[Arc::clone(&snapshot)], Format { encoding, escaping });
        assert_eq!(read_text(&bytes).unwrap().values().next().unwrap().samples.len(), series);
    }
    let (bytes, _) = encode(&[snapshot], Format { encoding: Encoding::OpenMetrics1, escaping: Escaping::AllowUtf8 });
    assert_eq!(read_openmetrics(&bytes).unwrap()["t_gauge_bytes"].samples.len(), series);
}
