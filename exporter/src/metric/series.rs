//! Taking apart what [`super::Batch`] wrote: the suffix and the labels of a sample.

/// The labels of one sample. Values are as written: escaped.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    /// `_bucket`, `_sum`, `_count` or nothing.
    pub suffix: &'a str,
    labels: &'a str,
}

impl<'a> Series<'a> {
    /// Reads what follows the family name.
    pub fn read(text: &'a str) -> Self {
        let (suffix, labels) = text.split_once('{').unwrap_or((text, ""));
        Self { suffix, labels }
    }

    /// Names (without quotes, still escaped) and escaped values.
    pub fn labels(self) -> impl Iterator<Item = (&'a str, &'a str)> + Clone {
        let mut rest = self.labels;
        std::iter::from_fn(move || {
            let (name, after) = match rest.strip_prefix('"') {
                Some(quoted) => {
                    let (name, after) = until_quote(quoted)?;
                    (name, after.strip_prefix('=')?)
                }
                None => rest.split_once('=')?,
            };
            let (value, after) = until_quote(after.strip_prefix('"')?)?;
            rest = after.strip_prefix([',', '}']).unwrap_or_default();
            Some((name, value))
        })
    }
}

/// Splits at the first quote that no backslash escapes.
fn until_quote(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// What an escaped name or value stands for.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(match chars.next() {
                Some('n') => Some('\n'),
                other => other,
            }),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_apart_what_was_put_together() {
        let series = Series::read(r#"_bucket{a="1,}\"",b.c="x\\",le="+Inf"}"#);
        assert_eq!(series.suffix, "_bucket");
        let labels: Vec<_> = series.labels().map(|(name, value)| (name, unescape(value))).collect();
        assert_eq!(labels, [("a", "1,}\"".into()), ("b.c", "x\\".into()), ("le", "+Inf".into())]);
        assert_eq!(Series::read(r#"{"b.c"="x"}"#).labels().collect::<Vec<_>>(), [("b.c", "x")]);
        assert_eq!(Series::read("").labels().count(), 0);
    }
}
