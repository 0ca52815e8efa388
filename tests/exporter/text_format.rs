//! The reader of the text format against our own writer, and against noise.

use std::sync::Arc;

use stack_exporter::{
    exposition::{Format, encode},
    metric::{Batch, Foreign, parse},
};

const TEXT: &str = r#"# HELP a_total Help with \\ and \n, "quoted".
# TYPE a_total counter
a_total{device="C:\\",path="say \"é\"\n"} 1.5e+09
a_total NaN
# HELP h 
# TYPE h histogram
h_bucket{a="b",le="0.005"} 1
h_bucket{a="b",le="+Inf"} 2
h_sum{a="b"} -0.25
h_count{a="b"} 2
# HELP s S.
# TYPE s summary
s{quantile="0.99"} +Inf
s_sum 1
s_count 1
# HELP u U.
# TYPE u untyped
u{empty=""} 12345
"#;

#[test]
fn what_we_write_is_what_we_read() {
    assert_eq!(rewritten(TEXT).unwrap(), TEXT);
}

#[test]
fn no_noise_makes_it_panic_and_whatever_is_read_can_be_read_again() {
    let pieces =
        ["{", "}", "\"", "\\", "\n", " ", "=", ",", "#", "# TYPE x ", "histogram", "é", "\u{0}", "1e999", "_sum"];
    let mut random = Random(42);
    let mut readable = 0;
    for _ in 0..100_000 {
        let mut text = TEXT.to_owned();
        for _ in 0..1 + random.below(4) {
            let at = text.floor_char_boundary(random.below(text.len()));
            match random.below(4) {
                0 => text.truncate(at),
                1 => text.insert_str(at, pieces[random.below(pieces.len())]),
                2 => text = text.split_off(at),
                _ => drop(text.pop()),
            }
            if text.is_empty() {
                break;
            }
        }
        if let Some(once) = rewritten(&text) {
            readable += 1;
            let twice = rewritten(&once);
            assert_eq!(twice.as_ref(), Some(&once), "{text:?}");
        }
    }
    assert!(readable > 1_000, "only {readable} were readable: the noise is too loud to prove anything");
}

/// Reads a text and writes it, where it can be read and our text format can spell it.
fn rewritten(text: &str) -> Option<String> {
    let parsed = parse(text).ok()?;
    let mut batch = Batch::new(1_000);
    for family in &parsed.families {
        let help = family.help.as_deref().unwrap_or_default();
        for sample in &family.samples {
            let kind = family.kind.unwrap_or_default();
            let foreign = Foreign { name: &family.name, help, kind, suffix: sample.suffix };
            let labels = parsed.labels(sample).iter().map(|(name, value)| (&**name, &**value));
            batch.push_foreign(&foreign, labels, sample.value);
        }
    }
    let snapshot = batch.seal().0;
    if snapshot.families().iter().any(|family| family.quoted) {
        return None;
    }
    let (out, _) = encode(&[Arc::new(snapshot)], Format::default());
    Some(String::from_utf8(out).unwrap())
}

/// Xorshift: the same noise on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}
