//! A place in a line, and the small words of the text format.

use std::borrow::Cow;

use super::Mistake;

/// A line, and how far it is read.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    line: &'a str,
    at: usize,
    number: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(line: &'a str, number: usize) -> Self {
        Self { line, at: 0, number }
    }

    pub(super) fn line_number(&self) -> usize {
        self.number
    }

    /// A mistake at this place.
    pub(super) fn mistake(&self, message: impl Into<String>) -> Mistake {
        Mistake { line: self.number, column: self.at + 1, message: message.into() }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.line.as_bytes().get(self.at).copied()
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// Skips spaces and tabs; says how many.
    pub(super) fn skip_blanks(&mut self) -> usize {
        self.take_while(|byte| matches!(byte, b' ' | b'\t')).len()
    }

    /// Everything up to the next space or tab.
    pub(super) fn word(&mut self) -> &'a str {
        self.take_while(|byte| !matches!(byte, b' ' | b'\t'))
    }

    /// A name, quoted or not. `extra` is the character beyond letters, digits and `_` that a bare one may have.
    pub(super) fn name(&mut self, extra: u8) -> Result<Cow<'a, str>, Mistake> {
        if self.peek() == Some(b'"') {
            let start = self.clone();
            return match self.quoted()? {
                name if name.is_empty() => Err(start.mistake("an empty name")),
                name => Ok(name),
            };
        }
        if self.peek().is_none_or(|byte| byte.is_ascii_digit()) {
            return Err(self.mistake("a name must stand here"));
        }
        match self.take_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == extra) {
            "" => Err(self.mistake("a name must stand here")),
            name => Ok(Cow::Borrowed(name)),
        }
    }

    /// Skips what separates a metric's name from what follows.
    pub(super) fn end_of_name(&mut self) -> Result<(), Mistake> {
        if self.skip_blanks() == 0 && self.peek().is_some_and(|byte| byte != b'{') {
            return Err(self.mistake("a metric name cannot have this character"));
        }
        Ok(())
    }

    /// A text between quotes, unescaped.
    pub(super) fn quoted(&mut self) -> Result<Cow<'a, str>, Mistake> {
        if !self.eat(b'"') {
            return Err(self.mistake("a quoted text must stand here"));
        }
        let plain = self.take_while(|byte| !matches!(byte, b'"' | b'\\'));
        if self.eat(b'"') {
            return Ok(Cow::Borrowed(plain));
        }
        let text = self.unescape(plain, Some(b'"'))?;
        if self.eat(b'"') { Ok(Cow::Owned(text)) } else { Err(self.mistake("the quoted text does not end")) }
    }

    /// The rest of the line as a help text, unescaped.
    pub(super) fn help(&mut self) -> Result<Cow<'a, str>, Mistake> {
        let plain = self.take_while(|byte| byte != b'\\');
        if self.peek().is_none() {
            return Ok(Cow::Borrowed(plain));
        }
        self.unescape(plain, None).map(Cow::Owned)
    }

    /// The number after name and labels.
    pub(super) fn value(&mut self) -> Result<f64, Mistake> {
        self.skip_blanks();
        let start = self.clone();
        let word = self.word();
        match word.parse::<f64>() {
            // A number beyond the range of floats is one that the writer did not mean; infinity is spelled out.
            Ok(value) if value.is_finite() || word.contains(['n', 'N']) => Ok(value),
            _ if word.is_empty() => Err(start.mistake("a value must stand here")),
            _ => Err(start.mistake(format!("not a number: {:?}", excerpt(word)))),
        }
    }

    /// The moment at the end of the line, if any.
    pub(super) fn timestamp(&mut self) -> Result<Option<i64>, Mistake> {
        self.skip_blanks();
        let start = self.clone();
        let timestamp = match self.word() {
            "" => None,
            word => Some(word.parse().map_err(|_| start.mistake("not a timestamp in milliseconds"))?),
        };
        self.skip_blanks();
        if self.peek().is_some() { Err(self.mistake("the line must end here")) } else { Ok(timestamp) }
    }

    /// Goes on after `plain`, at a backslash, up to `end` or the end of the line.
    fn unescape(&mut self, plain: &str, end: Option<u8>) -> Result<String, Mistake> {
        let mut text = plain.to_owned();
        while let Some(byte) = self.peek().filter(|byte| Some(*byte) != end) {
            if byte != b'\\' {
                text.push_str(self.take_while(|byte| byte != b'\\' && Some(byte) != end));
                continue;
            }
            self.at += 1;
            match self.peek() {
                Some(b'n') => text.push('\n'),
                Some(b'\\') => text.push('\\'),
                Some(b'"') => text.push('"'),
                // Prometheus keeps an escape that it does not know as it stands.
                _ => {
                    text.push('\\');
                    continue;
                }
            }
            self.at += 1;
        }
        Ok(text)
    }

    /// Stops only at ASCII bytes, or takes whole characters: `keep` says the same for all bytes of a character.
    fn take_while(&mut self, keep: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.line.get(self.at..).unwrap_or_default();
        let length = rest.bytes().position(|byte| !keep(byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }
}

/// Enough of a word to recognise it.
fn excerpt(word: &str) -> &str {
    word.get(..word.floor_char_boundary(40)).unwrap_or_default()
}
