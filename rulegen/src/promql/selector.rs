//! Reads what a spec selects: `name{label="value"}`, sums of those, and conditions on them. Knows the byte of every name.

use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Equal,
    NotEqual,
    Matches,
    MatchesNot,
}

const OPS: [(&str, Op); 4] = [("=~", Op::Matches), ("!~", Op::MatchesNot), ("!=", Op::NotEqual), ("=", Op::Equal)];

impl Op {
    pub(crate) fn symbol(self) -> &'static str {
        OPS.iter().find(|(_, op)| *op == self).map_or("", |(symbol, _)| *symbol)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Matcher {
    pub(crate) label: String,
    pub(crate) op: Op,
    pub(crate) value: String,
    /// Bytes of the label in the text it was read from.
    pub(crate) at: Range<usize>,
}

/// Where a matcher was written does not change what it matches.
impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        (&self.label, self.op, &self.value) == (&other.label, other.op, &other.value)
    }
}

impl Matcher {
    pub(crate) fn new(label: impl Into<String>, op: Op, value: impl Into<String>) -> Self {
        Self { label: label.into(), op, value: value.into(), at: 0..0 }
    }

    /// Does a series with this value of the label match? Patterns are anchored, as in Prometheus.
    pub(crate) fn matches(&self, value: &str) -> bool {
        let pattern = || {
            let anchored = format!("^(?s:{})$", self.value);
            regex::Regex::new(&anchored).is_ok_and(|r| r.is_match(value))
        };
        match self.op {
            Op::Equal => self.value == value,
            Op::NotEqual => self.value != value,
            Op::Matches => pattern(),
            Op::MatchesNot => !pattern(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Selector {
    pub(crate) metric: String,
    pub(crate) matchers: Vec<Matcher>,
    /// Bytes of the metric's name in the text it was read from.
    pub(crate) at: Range<usize>,
}

/// One selector of a sum.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Term {
    pub(crate) negative: bool,
    pub(crate) selector: Selector,
}

/// A sum of selectors: `size - free + avail`.
pub(crate) type Amount = Vec<Term>;

/// What could not be read, and where in the text.
pub(crate) type Failure = (Range<usize>, String);

pub(crate) fn parse_selector(text: &str) -> Result<Selector, Failure> {
    let mut reader = Reader { text, at: 0 };
    let selector = reader.selector()?;
    reader.end()?;
    Ok(selector)
}

pub(crate) fn parse_amount(text: &str) -> Result<Amount, Failure> {
    let mut reader = Reader { text, at: 0 };
    let mut terms = vec![Term { negative: false, selector: reader.selector()? }];
    loop {
        reader.space();
        let negative = match reader.peek() {
            Some('+') => false,
            Some('-') => true,
            _ => break,
        };
        reader.at += 1;
        terms.push(Term { negative, selector: reader.selector()? });
    }
    reader.end()?;
    Ok(terms)
}

/// `selector OP quantity`: the selector, and the rest as text with its place.
pub(crate) fn parse_condition(text: &str) -> Result<(Selector, Range<usize>), Failure> {
    let mut reader = Reader { text, at: 0 };
    let selector = reader.selector()?;
    reader.space();
    if reader.at >= text.len() {
        return Err((reader.at..text.len(), "expected a comparison, such as `> 20GiB`".to_owned()));
    }
    Ok((selector, reader.at..text.len()))
}

/// `{label="value", …}`, with or without the braces.
pub(crate) fn parse_matchers(text: &str) -> Result<Vec<Matcher>, Failure> {
    let mut reader = Reader { text, at: 0 };
    reader.space();
    let matchers = if reader.peek() == Some('{') { reader.braces()? } else { reader.list(None)? };
    reader.end()?;
    Ok(matchers)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn here(&self) -> Range<usize> {
        self.at..self.at + self.peek().map_or(0, char::len_utf8)
    }

    fn fail<T>(&self, wanted: &str) -> Result<T, Failure> {
        let found = self.peek().map_or("the end".to_owned(), |c| format!("`{c}`"));
        Err((self.here(), format!("expected {wanted}, found {found}")))
    }

    fn end(&mut self) -> Result<(), Failure> {
        self.space();
        if self.at < self.text.len() { self.fail("the end") } else { Ok(()) }
    }

    fn word(&mut self, wanted: &str, colon: bool) -> Result<(String, Range<usize>), Failure> {
        self.space();
        let start = self.at;
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || (colon && c == ':');
        let len = self.rest().chars().take_while(|c| allowed(*c)).count();
        if len == 0 || self.peek().is_some_and(|c| c.is_ascii_digit()) {
            return self.fail(wanted);
        }
        self.at += len;
        Ok((self.text.get(start..self.at).unwrap_or("").to_owned(), start..self.at))
    }

    fn selector(&mut self) -> Result<Selector, Failure> {
        let (metric, at) = self.word("the name of a metric", true)?;
        self.space();
        let matchers = if self.peek() == Some('{') { self.braces()? } else { Vec::new() };
        Ok(Selector { metric, matchers, at })
    }

    fn braces(&mut self) -> Result<Vec<Matcher>, Failure> {
        self.at += 1;
        let matchers = self.list(Some('}'))?;
        self.at += 1;
        Ok(matchers)
    }

    fn list(&mut self, end: Option<char>) -> Result<Vec<Matcher>, Failure> {
        let mut matchers = Vec::new();
        loop {
            self.space();
            if self.peek() == end {
                return Ok(matchers);
            }
            matchers.push(self.matcher()?);
            self.space();
            if self.peek() == Some(',') {
                self.at += 1;
            } else if self.peek() != end {
                return self.fail("`,` or the end of the labels");
            }
        }
    }

    fn matcher(&mut self) -> Result<Matcher, Failure> {
        let (label, at) = self.word("the name of a label", false)?;
        self.space();
        let found = OPS.iter().find(|(symbol, _)| self.rest().starts_with(symbol)).copied();
        let Some((symbol, op)) = found else { return self.fail("`=`, `!=`, `=~` or `!~`") };
        self.at += symbol.len();
        self.space();
        let start = self.at;
        let value = self.string()?;
        if matches!(op, Op::Matches | Op::MatchesNot)
            && let Err(error) = regex::Regex::new(&value)
        {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
            return Err((start..self.at, format!("not a regular expression: {reason}")));
        }
        Ok(Matcher { label, op, value, at })
    }

    fn string(&mut self) -> Result<String, Failure> {
        let Some(quote @ ('"' | '\'')) = self.peek() else { return self.fail("a quoted value") };
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            match c {
                c if c == quote => return Ok(value),
                '\\' => {
                    let Some(escaped) = self.peek() else { break };
                    self.at += escaped.len_utf8();
                    value.push(match escaped {
                        'n' => '\n',
                        't' => '\t',
                        '\\' | '"' | '\'' => escaped,
                        _ => {
                            return Err((
                                start..self.at,
                                format!("`\\{escaped}` is not an escape; write `\\\\{escaped}`"),
                            ));
                        }
                    });
                }
                c => value.push(c),
            }
        }
        Err((start..self.text.len(), "the quote is never closed".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_selectors_is_read() {
        let amount = parse_amount("size{a=\"b\", c!~'d|e',} - free + avail").expect("valid");
        let names: Vec<_> = amount.iter().map(|t| (t.negative, t.selector.metric.as_str())).collect();
        assert_eq!(names, [(false, "size"), (true, "free"), (false, "avail")]);
        assert_eq!(amount[0].selector.matchers.len(), 2);
    }

    #[test]
    fn mistakes_have_a_place() {
        for (text, at) in [
            ("", 0..0),
            ("a{", 2..2),
            ("a{b}", 3..4),
            ("a{b=c}", 4..5),
            ("a b", 2..3),
            ("a{b=\"c}", 4..7),
            ("5a", 0..1),
            ("a{b=~\"(\"}", 5..8),
        ] {
            assert_eq!(parse_amount(text).expect_err(text).0, at, "{text}");
        }
    }
}
