//! Walks a tree by hand and keeps going after a problem, so that one run shows every mistake of every file.

use super::yaml::{At, Entries, Node};
use crate::diagnostic::{Diagnostics, MISSING_KEY, Problem, Span, UNKNOWN_KEY, WRONG_SHAPE, did_you_mean};

/// The entries of one mapping, taken out key by key; what is left over is unknown.
pub(crate) struct Fields<'p> {
    entries: Entries,
    asked: Vec<&'static str>,
    written: Vec<String>,
    /// Where the mapping stands.
    pub(crate) span: Span,
    what: &'static str,
    pub(crate) problems: &'p mut Diagnostics,
}

impl<'p> Fields<'p> {
    /// Opens `node` as a mapping; `what` names it in messages, such as "an alert".
    pub(crate) fn open(node: At<Node>, what: &'static str, problems: &'p mut Diagnostics) -> Option<Self> {
        let At { value, span } = node;
        match value {
            Node::Map(entries) => {
                let written = entries.iter().map(|(key, _)| key.value.clone()).collect();
                Some(Self { entries, asked: Vec::new(), written, span, what, problems })
            }
            other => {
                problems.push(shape(span, what, "a mapping", &other));
                None
            }
        }
    }

    /// Takes the value of `key` if it is there. A key with nothing behind it counts as absent.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<At<Node>> {
        self.asked.push(key);
        let index = self.entries.iter().position(|(k, _)| k.value == key)?;
        let (_, node) = self.entries.remove(index);
        (!matches!(node.value, Node::Null)).then_some(node)
    }

    /// True when the user wrote `key`, even if its value could not be used.
    pub(crate) fn written(&self, key: &str) -> bool {
        self.written.iter().any(|k| k == key)
    }

    /// Where `key` itself stands, for problems about the key.
    pub(crate) fn key_span(&self, key: &str) -> Option<Span> {
        self.entries.iter().find(|(k, _)| k.value == key).map(|(k, _)| k.span)
    }

    pub(crate) fn text(&mut self, key: &'static str) -> Option<At<String>> {
        let node = self.take(key)?;
        text(node, key, self.problems)
    }

    /// Text that must be there.
    pub(crate) fn need_text(&mut self, key: &'static str) -> Option<At<String>> {
        let node = self.need(key)?;
        text(node, key, self.problems)
    }

    pub(crate) fn need(&mut self, key: &'static str) -> Option<At<Node>> {
        let found = self.take(key);
        if found.is_none() {
            let message = format!("{} needs the key `{key}`", self.what);
            self.problems.push(Problem::error(&MISSING_KEY, self.head(), message));
        }
        found
    }

    pub(crate) fn flag(&mut self, key: &'static str) -> Option<At<bool>> {
        let node = self.take(key)?;
        match node.value {
            Node::Bool(value) => Some(At { value, span: node.span }),
            other => {
                self.problems.push(shape(node.span, key, "true or false", &other));
                None
            }
        }
    }

    pub(crate) fn texts(&mut self, key: &'static str) -> Vec<At<String>> {
        self.take(key).map(|node| texts(node, key, self.problems)).unwrap_or_default()
    }

    /// The entries of a mapping of names, in the order written.
    pub(crate) fn named(&mut self, key: &'static str) -> Entries {
        match self.take(key) {
            None => Vec::new(),
            Some(At { value: Node::Map(entries), .. }) => entries,
            Some(At { value, span }) => {
                self.problems.push(shape(span, key, "a mapping of names", &value));
                Vec::new()
            }
        }
    }

    /// Hands out what was not asked for, when names are the user's own.
    pub(crate) fn rest(&mut self) -> Entries {
        std::mem::take(&mut self.entries)
    }

    pub(crate) fn asked(&self) -> &[&'static str] {
        &self.asked
    }

    /// Every key that nobody asked for is a mistake.
    pub(crate) fn close(mut self) {
        for (key, _) in self.rest() {
            self.unknown(&key, &[]);
        }
    }

    pub(crate) fn unknown(&mut self, key: &At<String>, also: &[&str]) {
        let known = self.asked.iter().copied().chain(also.iter().copied());
        let help = did_you_mean(&key.value, known.clone()).unwrap_or_else(|| {
            let mut all: Vec<String> = known.map(|k| format!("`{k}`")).collect();
            all.sort();
            format!("known here: {}", all.join(", "))
        });
        let message = format!("{} has no key `{}`", self.what, key.value);
        self.problems.push(Problem::error(&UNKNOWN_KEY, key.span, message).label("unknown key").help(help));
    }

    /// The first line of the mapping: enough to say which one is meant.
    fn head(&self) -> Span {
        self.entries.first().map_or(self.span, |(key, _)| key.span)
    }
}

/// Any scalar as text: `80` and `on` are what the user typed, not what YAML makes of them.
pub(crate) fn text(node: At<Node>, what: &str, problems: &mut Diagnostics) -> Option<At<String>> {
    let At { value, span } = node;
    match value {
        Node::Text(value) => Some(At { value, span }),
        Node::Number(n) => Some(At { value: n.to_string(), span }),
        Node::Bool(b) => Some(At { value: b.to_string(), span }),
        other => {
            problems.push(shape(span, what, "text", &other));
            None
        }
    }
}

/// One text or a list of them.
pub(crate) fn texts(node: At<Node>, what: &str, problems: &mut Diagnostics) -> Vec<At<String>> {
    match node.value {
        Node::List(items) => items.into_iter().filter_map(|item| text(item, what, problems)).collect(),
        value => text(At { value, span: node.span }, what, problems).into_iter().collect(),
    }
}

pub(crate) fn shape(span: Span, what: &str, wanted: &str, found: &Node) -> Problem {
    let found = match found {
        Node::Null => "nothing",
        Node::Bool(_) => "true or false",
        Node::Number(_) => "a number",
        Node::Text(_) => "text",
        Node::List(_) => "a list",
        Node::Map(_) => "a mapping",
    };
    Problem::error(&WRONG_SHAPE, span, format!("{what}: expected {wanted}, found {found}"))
}
