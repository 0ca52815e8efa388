//! Problems, where they are, and how each output format shows them.

mod codes;
mod github;
mod json;
mod source;
mod text;

pub(crate) use codes::*;
pub use source::{FileId, Role, SourceFile, Sources, Span};
use std::fmt;

/// What one code stands for; the reference is printed from these.
#[derive(Debug)]
pub struct Code {
    /// Stable identifier, `R0201`.
    pub id: &'static str,
    /// Short name, `unknown-metric`.
    pub name: &'static str,
    /// What it says about the spec.
    pub meaning: &'static str,
    /// What to do about it.
    pub fix: &'static str,
}

/// How bad a problem is. Errors stop the build, warnings do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is written while one of these stands.
    Error,
    /// Worth a look.
    Warning,
}

/// One finding.
#[derive(Debug)]
pub struct Problem {
    /// Which rule of the language was broken.
    pub code: &'static Code,
    /// Error or warning.
    pub level: Level,
    /// One sentence.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What stands under the caret.
    pub label: String,
    /// Other places that belong to the story.
    pub related: Vec<(Span, String)>,
    /// How to fix it.
    pub help: Option<String>,
}

impl Problem {
    /// An error at `span`.
    pub fn error(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            level: Level::Error,
            message: message.into(),
            span,
            label: String::new(),
            related: Vec::new(),
            help: None,
        }
    }

    /// A warning at `span`.
    pub fn warning(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(code, span, message) }
    }

    /// Adds the words under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the way out, if there is one.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn see(mut self, span: Span, note: impl Into<String>) -> Self {
        self.related.push((span, note.into()));
        self
    }
}

/// Everything found in one run.
#[derive(Debug, Default)]
pub struct Diagnostics {
    problems: Vec<Problem>,
    /// Places that are never shown: secrets, also when another problem shows the line they stand on.
    concealed: Vec<Span>,
}

/// The output formats of diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
    /// Workflow commands that GitHub shows beside the changed line.
    Github,
}

impl Diagnostics {
    pub(crate) fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(crate) fn conceal(&mut self, span: Span) {
        self.concealed.push(span);
    }

    /// True when nothing may be written.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|p| p.level == Level::Error)
    }

    /// True when there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// The codes found, in the order shown.
    pub fn codes(&self) -> impl Iterator<Item = &'static str> {
        self.problems.iter().map(|p| p.code.id)
    }

    /// Puts problems in reading order: by file, then by position. A place that two stages complain about in the same
    /// words is shown once.
    pub(crate) fn sort(&mut self) {
        self.problems
            .sort_by(|a, b| (a.span, a.level, a.code.id, &a.message).cmp(&(b.span, b.level, b.code.id, &b.message)));
        self.problems.dedup_by(|a, b| a.span == b.span && a.code.id == b.code.id && a.message == b.message);
    }

    /// Renders all problems.
    #[must_use]
    pub fn render(&self, sources: &Sources, format: Format) -> String {
        match format {
            Format::Text => text::render(&self.problems, &sources.without(&self.concealed)),
            Format::Json => json::render(&self.problems, sources),
            Format::Github => github::render(&self.problems, sources),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// The closest of `known` to `typed`, when it is close enough to be a slip of the finger.
pub(crate) fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    // Names this long are not typing slips, and comparing them costs quadratic time.
    if typed.len() > 200 {
        return None;
    }
    let best = known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(typed, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len().max(typed.len()) / 5)
        .min()?;
    Some(format!("did you mean `{}`?", best.1))
}
