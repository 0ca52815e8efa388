//! A strict reader of the text exposition formats, written apart from the exporter so that it can judge it.
//!
//! Stricter than Prometheus itself, which takes much that other scrapers lose a whole scrape over: every family once and
//! in order, every series once, every escape a known one, every histogram whole.

use std::collections::{BTreeMap, BTreeSet};

/// A family of an exposition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Family {
    /// The word of its `# TYPE` line.
    pub kind: String,
    /// Its help, as written.
    pub help: String,
    /// Its samples.
    pub samples: Vec<Sample>,
}

/// A sample of an exposition.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The whole name, suffix included.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its value.
    pub value: f64,
}

/// Families by name.
pub type Families = BTreeMap<String, Family>;

/// Reads the Prometheus text format.
pub fn read_text(bytes: &[u8]) -> Result<Families, String> {
    read(bytes, false)
}

/// Reads OpenMetrics 1.0.
pub fn read_openmetrics(bytes: &[u8]) -> Result<Families, String> {
    read(bytes, true)
}

fn read(bytes: &[u8], open_metrics: bool) -> Result<Families, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let body = text.strip_suffix('\n').ok_or("does not end in a newline")?;
    if body.contains('\r') || body.starts_with('\u{feff}') {
        return Err("holds a carriage return or a byte order mark".into());
    }
    let mut reader = Reader { open_metrics, ..Reader::default() };
    let mut lines = body.split('\n').peekable();
    while let Some(line) = lines.next() {
        if open_metrics && line == "# EOF" {
            return if lines.peek().is_none() { reader.finish() } else { Err("text behind # EOF".into()) };
        }
        reader.line(line).map_err(|problem| format!("{line}\n  {problem}"))?;
    }
    if open_metrics { Err("# EOF is missing".into()) } else { reader.finish() }
}

#[derive(Default)]
struct Reader {
    open_metrics: bool,
    families: Families,
    current: String,
    seen: BTreeSet<String>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        match line.strip_prefix("# ") {
            Some(comment) => self.comment(comment),
            None => self.sample(line),
        }
    }

    fn comment(&mut self, comment: &str) -> Result<(), String> {
        let (keyword, rest) = comment.split_once(' ').ok_or("a comment without content")?;
        let (name, rest) = name(rest)?;
        let rest = rest.strip_prefix(' ').ok_or("no space behind the name")?;
        if self.current != name {
            if self.families.contains_key(&name) {
                return Err("a family in two places".into());
            }
            // In OpenMetrics counters lose `_total` after they were sorted.
            if self.current > name && !self.open_metrics {
                return Err(format!("comes behind {}", self.current));
            }
            self.current = name.clone();
        }
        let family = self.families.entry(name.clone()).or_default();
        if !family.samples.is_empty() {
            return Err("a comment behind the samples".into());
        }
        match keyword {
            "HELP" if family.help.is_empty() => family.help = unescape(rest, self.open_metrics)?,
            "TYPE" if family.kind.is_empty() => family.kind = rest.to_owned(),
            "UNIT" if self.open_metrics && name.ends_with(&format!("_{rest}")) => {}
            _ => return Err(format!("a second or wrong {keyword}")),
        }
        let kinds: &[&str] = match self.open_metrics {
            true => &["", "counter", "gauge", "histogram", "summary", "unknown", "info", "stateset"],
            false => &["", "counter", "gauge", "histogram", "summary", "untyped"],
        };
        if kinds.contains(&&*family.kind) { Ok(()) } else { Err("no such type".into()) }
    }

    fn sample(&mut self, line: &str) -> Result<(), String> {
        let (name, labels, rest) = series(line)?;
        let value = number(rest.strip_prefix(' ').ok_or("no space before the value")?)?;
        let family = self.families.get_mut(&self.current).ok_or("a sample before any # TYPE")?;
        let suffix = name.strip_prefix(self.current.as_str()).ok_or(format!("is not of {}", self.current))?;
        let suffixes: &[&str] = match family.kind.as_str() {
            "" => return Err("no # TYPE".into()),
            "counter" if self.open_metrics => &["_total", "_created"],
            "histogram" => &["_bucket", "_sum", "_count"],
            "summary" => &["", "_sum", "_count"],
            _ => &[""],
        };
        if !suffixes.contains(&suffix) {
            return Err(format!("a {} has no {suffix}", family.kind));
        }
        if family.kind == "counter" && (value.is_nan() || value < 0.0) {
            return Err("a counter below zero".into());
        }
        if suffix == "_bucket" && !labels.contains_key("le") {
            return Err("a bucket without le".into());
        }
        if self.open_metrics && labels.get("le").is_some_and(|le| !le.contains(['.', 'e', 'I'])) {
            return Err("le is not spelled as a float".into());
        }
        if !self.seen.insert(format!("{name}{labels:?}")) {
            return Err("a series twice".into());
        }
        family.samples.push(Sample { name, labels, value });
        Ok(())
    }

    fn finish(self) -> Result<Families, String> {
        for (name, family) in &self.families {
            if family.samples.is_empty() {
                return Err(format!("{name} has no samples"));
            }
            if family.kind == "histogram" {
                histogram_is_whole(name, family)?;
            }
        }
        Ok(self.families)
    }
}

/// Buckets must not shrink, and the last must be the count.
fn histogram_is_whole(name: &str, family: &Family) -> Result<(), String> {
    let mut last: BTreeMap<BTreeMap<String, String>, f64> = BTreeMap::new();
    for sample in &family.samples {
        let mut own = sample.labels.clone();
        let bound = own.remove("le");
        let before = last.get(&own).copied();
        if sample.name.ends_with("_bucket") {
            if before.is_some_and(|before| before > sample.value) {
                return Err(format!("{name}: bucket {bound:?} is smaller than the one before"));
            }
            last.insert(own, sample.value);
        } else if sample.name.ends_with("_count") && before != Some(sample.value) {
            return Err(format!("{name}: the last bucket is not the count"));
        }
    }
    Ok(())
}

type Labels = BTreeMap<String, String>;

fn series(line: &str) -> Result<(String, Labels, &str), String> {
    let (mut name_read, mut rest) = match line.strip_prefix('{') {
        Some(_) => (String::new(), line),
        None => name(line)?,
    };
    let mut labels = Labels::new();
    if let Some(mut inside) = rest.strip_prefix('{') {
        loop {
            let (label, after) = name(inside)?;
            match after.strip_prefix("=\"") {
                Some(value) => {
                    let (value, after) = quoted(value)?;
                    if labels.insert(label, value).is_some() {
                        return Err("a label twice".into());
                    }
                    inside = after;
                }
                None if name_read.is_empty() => (name_read, inside) = (label, after),
                None => return Err("a label without a value".into()),
            }
            match inside.split_at_checked(1) {
                Some((",", after)) => inside = after,
                Some(("}", after)) => {
                    rest = after;
                    break;
                }
                _ => return Err("labels do not end".into()),
            }
        }
    }
    if name_read.is_empty() { Err("no name".into()) } else { Ok((name_read, labels, rest)) }
}

fn name(text: &str) -> Result<(String, &str), String> {
    if let Some(text) = text.strip_prefix('"') {
        return quoted(text);
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(format!("no name at {text:?}"));
    }
    Ok((name.to_owned(), rest))
}

fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut escaped = false;
    let end = text.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    let end = end.ok_or("a quote does not end")?;
    Ok((unescape(&text[..end], true)?, &text[end + 1..]))
}

fn unescape(text: &str, quotes: bool) -> Result<String, String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match (c, c == '\\') {
            (c, false) => c,
            _ => match chars.next() {
                Some('\\') => '\\',
                Some('n') => '\n',
                Some('"') if quotes => '"',
                other => return Err(format!("escape of {other:?}")),
            },
        });
    }
    Ok(out)
}

fn number(text: &str) -> Result<f64, String> {
    match text {
        "NaN" => Ok(f64::NAN),
        "+Inf" => Ok(f64::INFINITY),
        "-Inf" => Ok(f64::NEG_INFINITY),
        _ if text.bytes().all(|b| b.is_ascii_digit() || b"+-.e".contains(&b)) => {
            text.parse().map_err(|_| format!("no number: {text:?}"))
        }
        _ => Err(format!("no number: {text:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "# HELP a A.\n# TYPE a gauge\n";

    #[test]
    fn takes_what_is_right() {
        let text = format!("{HEAD}a{{x=\"1\\n\"}} 1\na{{x=\"2\"}} +Inf\n# TYPE b untyped\nb NaN\n");
        let families = read_text(text.as_bytes()).unwrap();
        assert_eq!(families["a"].samples[0].labels["x"], "1\n");
        let text = "# TYPE \"a.b\" counter\n{\"a.b_total\",\"c.d\"=\"e\"} 1\n# EOF\n";
        assert_eq!(read_openmetrics(text.as_bytes()).unwrap()["a.b"].samples[0].labels["c.d"], "e");
    }

    #[test]
    fn refuses_what_is_wrong() {
        let wrong = [
            "a 1\n",
            "# HELP a A.\na 1\n",
            &format!("{HEAD}a 1\na 2\n"),
            &format!("{HEAD}a 1"),
            &format!("{HEAD}b 1\n"),
            &format!("{HEAD}a{{x=\"\\t\"}} 1\n"),
            &format!("{HEAD}a{{x=\"1\",x=\"2\"}} 1\n"),
            &format!("{HEAD}a 0x10\n"),
            &format!("{HEAD}a 1,5\n"),
            &format!("{HEAD}a 1\n# TYPE b gauge\nb 1\n{HEAD}a{{x=\"1\"}} 1\n"),
            "# TYPE b gauge\nb 1\n# TYPE a gauge\na 1\n",
            "# TYPE a counter\na -1\n",
            "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
            "# TYPE a gauge\n",
        ];
        for text in wrong {
            assert!(read_text(text.as_bytes()).is_err(), "{text}");
        }
        for text in ["# TYPE a gauge\na 1\n", "# TYPE a counter\na 1\n# EOF\n", "# EOF\n\n"] {
            assert!(read_openmetrics(text.as_bytes()).is_err(), "{text}");
        }
    }
}
