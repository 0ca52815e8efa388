//! Reads the Prometheus text format 0.0.4: what somebody else exposes becomes families of samples.
//!
//! As tolerant as Prometheus itself, so that what a scrape of the original would have taken is not lost on its way
//! through us, and as strict: one mistake, and the whole text is refused, because a torn text may lie elsewhere too.

mod cursor;

use std::{borrow::Cow, collections::HashMap, fmt, ops::Range};

use cursor::Cursor;
use rustc_hash::FxBuildHasher;

use super::{Kind, write_number};

/// Bytes of a line, families and samples of a text, at most: whoever sends more is broken or hostile.
const LONGEST_LINE: usize = 64 << 10;
const MOST_FAMILIES: usize = 10_000;
const MOST_SAMPLES: usize = 200_000;

/// What a text says. Borrows from it wherever nothing had to be unescaped.
#[derive(Debug, Default, PartialEq)]
pub struct Parsed<'a> {
    /// In the order of their first line. None is empty.
    pub families: Vec<ParsedFamily<'a>>,
    /// The first line that carries a timestamp. Not every reader can pass one on.
    pub first_timestamp: Option<usize>,
    /// Whether the last line lacks its newline: perhaps somebody is still writing it.
    pub unterminated: bool,
    labels: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// A family. The parts of a histogram or a summary are together under its name.
#[derive(Debug, PartialEq)]
pub struct ParsedFamily<'a> {
    /// Without a suffix.
    pub name: Cow<'a, str>,
    /// The first HELP, not escaped, where there is one.
    pub help: Option<Cow<'a, str>>,
    /// The TYPE, where there is one.
    pub kind: Option<Kind>,
    /// In the order of the text.
    pub samples: Vec<ParsedSample>,
}

/// One sample. Its labels are found with [`Parsed::labels`].
#[derive(Debug, PartialEq)]
pub struct ParsedSample {
    /// What the name has beyond the family's: `_bucket`, `_sum`, `_count` or nothing.
    pub suffix: &'static str,
    /// The value.
    pub value: f64,
    /// Milliseconds since 1970, where the line ends in one.
    pub timestamp: Option<i64>,
    labels: Range<usize>,
}

/// Where and why a text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in bytes.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for Mistake {}

impl<'a> Parsed<'a> {
    /// Names and values of a sample's labels, not escaped: by name, the bound of a bucket or quantile last.
    pub fn labels(&self, sample: &ParsedSample) -> &[(Cow<'a, str>, Cow<'a, str>)] {
        self.labels.get(sample.labels.clone()).unwrap_or_default()
    }
}

/// Reads a whole text.
pub fn parse(text: &str) -> Result<Parsed<'_>, Mistake> {
    let mut reader = Reader::default();
    for (index, line) in text.split('\n').enumerate() {
        let mut cursor = Cursor::new(line, index + 1);
        if line.len() > LONGEST_LINE {
            return Err(cursor.mistake("a line of more than 64 KiB"));
        }
        reader.line(&mut cursor)?;
    }
    let mut parsed = reader.parsed;
    parsed.unterminated = !text.is_empty() && !text.ends_with('\n');
    parsed.families.retain(|family| !family.samples.is_empty());
    Ok(parsed)
}

#[derive(Default)]
struct Reader<'a> {
    parsed: Parsed<'a>,
    by_name: HashMap<Cow<'a, str>, usize, FxBuildHasher>,
    samples: usize,
}

impl<'a> Reader<'a> {
    fn line(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Mistake> {
        cursor.skip_blanks();
        match cursor.peek() {
            None => Ok(()),
            Some(b'#') => self.comment(cursor),
            Some(_) => self.sample(cursor),
        }
    }

    /// `# HELP name text`, `# TYPE name word`, or anything else, which says nothing to us.
    fn comment(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Mistake> {
        cursor.eat(b'#');
        cursor.skip_blanks();
        let keyword = cursor.word();
        if !matches!(keyword, "HELP" | "TYPE") || cursor.skip_blanks() == 0 {
            return Ok(());
        }
        let name = cursor.name(b':')?;
        cursor.end_of_name()?;
        if cursor.peek().is_none() {
            return Ok(());
        }
        let found = self.by_name.get(&name).copied();
        let family = self.family(found, name, cursor)?;
        if keyword == "HELP" {
            let help = cursor.help()?;
            family.help.get_or_insert(help);
            return Ok(());
        }
        let start = cursor.clone();
        let kind = kind(cursor.word()).ok_or_else(|| start.mistake("not a metric type"))?;
        match family.kind {
            Some(known) if known == kind => {}
            Some(_) => return Err(start.mistake("a second, different TYPE of this metric")),
            None if !family.samples.is_empty() => return Err(start.mistake("TYPE stands after the metric's samples")),
            None => family.kind = Some(kind),
        }
        Ok(())
    }

    /// `name{label="value"} 1.5 1700000000000` or `{"name", label="value"} 1.5`.
    fn sample(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Mistake> {
        let start = cursor.clone();
        let first_label = self.parsed.labels.len();
        let mut name = None;
        if cursor.peek() != Some(b'{') {
            name = Some(cursor.name(b':')?);
            cursor.end_of_name()?;
        }
        if cursor.eat(b'{') {
            self.labels(cursor, &mut name, first_label)?;
        }
        let name = name.ok_or_else(|| start.mistake("a sample without a metric name"))?;
        let value = cursor.value()?;
        let timestamp = cursor.timestamp()?;
        if timestamp.is_some() {
            self.parsed.first_timestamp.get_or_insert(cursor.line_number());
        }
        self.samples += 1;
        if self.samples > MOST_SAMPLES {
            return Err(start.mistake("more than 200000 samples"));
        }
        let labels = first_label..self.parsed.labels.len();
        let (found, suffix) = self.owner(&name);
        let family = self.family(found, name, &start)?;
        family.samples.push(ParsedSample { suffix, value, timestamp, labels: labels.clone() });
        let kind = family.kind;
        self.order(labels, bound_of(kind, suffix), &start)
    }

    /// What stands between the braces.
    fn labels(
        &mut self,
        cursor: &mut Cursor<'a>,
        metric: &mut Option<Cow<'a, str>>,
        first: usize,
    ) -> Result<(), Mistake> {
        loop {
            cursor.skip_blanks();
            if cursor.eat(b'}') {
                return Ok(());
            }
            let start = cursor.clone();
            let quoted = cursor.peek() == Some(b'"');
            let name = cursor.name(b'_')?;
            cursor.skip_blanks();
            if cursor.eat(b'=') {
                cursor.skip_blanks();
                let value = cursor.quoted()?;
                let earlier = self.parsed.labels.get(first..).unwrap_or_default();
                if name == "__name__" || earlier.iter().any(|(other, _)| *other == name) {
                    return Err(start.mistake("this label name is taken"));
                }
                self.parsed.labels.push((name, value));
            } else if quoted && metric.is_none() {
                *metric = Some(name);
            } else {
                return Err(cursor.mistake("'=' and a label value must stand here"));
            }
            cursor.skip_blanks();
            if !cursor.eat(b',') && cursor.peek() != Some(b'}') {
                return Err(cursor.mistake("',' or '}' must stand here"));
            }
        }
    }

    /// One series, one spelling: labels by name, then the bound, written as we write numbers.
    fn order(&mut self, labels: Range<usize>, bound: &str, start: &Cursor<'_>) -> Result<(), Mistake> {
        let Some(labels) = self.parsed.labels.get_mut(labels) else { return Ok(()) };
        labels.sort_unstable_by(|(a, _), (b, _)| (a == bound, a).cmp(&(b == bound, b)));
        if let Some((_, value)) = labels.last_mut().filter(|(name, _)| name == bound) {
            let number: f64 =
                value.parse().map_err(|_| start.mistake(format!("{bound} is not a number: {value:?}")))?;
            let mut text = Vec::new();
            write_number(&mut text, number);
            if text != value.as_bytes() {
                *value = Cow::Owned(String::from_utf8_lossy(&text).into_owned());
            }
        }
        Ok(())
    }

    /// The family that was found, or a new one.
    fn family(
        &mut self,
        found: Option<usize>,
        name: Cow<'a, str>,
        cursor: &Cursor<'_>,
    ) -> Result<&mut ParsedFamily<'a>, Mistake> {
        let at = match found {
            Some(at) => at,
            None if self.by_name.len() == MOST_FAMILIES => return Err(cursor.mistake("more than 10000 metrics")),
            None => {
                let families = &mut self.parsed.families;
                self.by_name.insert(name.clone(), families.len());
                families.push(ParsedFamily { name, help: None, kind: None, samples: Vec::new() });
                families.len() - 1
            }
        };
        self.parsed.families.get_mut(at).ok_or_else(|| cursor.mistake("no such metric"))
    }

    /// The family that a sample of this name belongs to. `x_sum` belongs to `x` where that is a histogram or a
    /// summary, unless it is a metric of its own.
    fn owner(&self, name: &str) -> (Option<usize>, &'static str) {
        let own = self.by_name.get(name).copied();
        let stated = own.and_then(|at| self.parsed.families.get(at));
        if stated.is_some_and(|family| family.kind.is_some() || !family.samples.is_empty()) {
            return (own, "");
        }
        self.parent(name).map_or((own, ""), |(at, suffix)| (Some(at), suffix))
    }

    fn parent(&self, name: &str) -> Option<(usize, &'static str)> {
        ["_bucket", "_sum", "_count"].into_iter().find_map(|suffix| {
            let at = *self.by_name.get(name.strip_suffix(suffix)?)?;
            match self.parsed.families.get(at)?.kind? {
                Kind::Histogram => Some((at, suffix)),
                Kind::Summary if suffix != "_bucket" => Some((at, suffix)),
                _ => None,
            }
        })
    }
}

/// The label that holds a bound in such a sample.
fn bound_of(kind: Option<Kind>, suffix: &str) -> &'static str {
    match (kind, suffix) {
        (Some(Kind::Histogram), "_bucket") => "le",
        (Some(Kind::Summary), "") => "quantile",
        _ => "",
    }
}

fn kind(word: &str) -> Option<Kind> {
    let all = [Kind::Counter, Kind::Gauge, Kind::Histogram, Kind::Summary, Kind::Untyped];
    all.into_iter().find(|kind| word.eq_ignore_ascii_case(kind.word()))
}

#[cfg(test)]
mod tests;
