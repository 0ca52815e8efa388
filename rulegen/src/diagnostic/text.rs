//! Diagnostics for people: the line, the caret, the way out.

use super::source::SourceFile;
use super::{Level, Problem, Sources, Span};
use annotate_snippets::{AnnotationKind, Group, Level as Title, Renderer, Snippet, renderer::DecorStyle};

pub(super) fn render(problems: &[Problem], sources: &Sources) -> String {
    // Styled always: the writer at the edge strips colour when nobody sees it.
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for problem in problems {
        let group = group(problem, sources);
        out.push_str(&renderer.render(&[group]));
        out.push_str("\n\n");
    }
    out.push_str(&summary(problems));
    out
}

fn group<'a>(problem: &'a Problem, sources: &'a Sources) -> Group<'a> {
    let title = match problem.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
    };
    let mut group = Group::with_title(title.primary_title(&*problem.message).id(problem.code.id));
    let mut snippets: Vec<(Span, Snippet<'a, annotate_snippets::Annotation<'a>>)> = Vec::new();
    let primary = (problem.span, problem.label.as_str(), AnnotationKind::Primary);
    let context = problem.related.iter().map(|(span, note)| (*span, note.as_str(), AnnotationKind::Context));
    for (span, label, kind) in std::iter::once(primary).chain(context) {
        let Some(file) = sources.file(span.file) else { continue };
        let annotation = kind.span(visible(span, &file.text)).label((!label.is_empty()).then_some(label));
        match snippets.iter_mut().find(|(at, _)| at.file == span.file) {
            Some((_, snippet)) => {
                let grown = std::mem::replace(snippet, Snippet::source("")).annotation(annotation);
                *snippet = grown;
            }
            None => snippets.push((span, source(file, sources).annotation(annotation))),
        }
    }
    for (_, snippet) in snippets {
        group = group.element(snippet);
    }
    match &problem.help {
        Some(help) => group.element(Title::HELP.message(&**help)),
        None => group,
    }
}

fn source<'a>(file: &'a SourceFile, sources: &Sources) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    Snippet::source(&*file.text).path(sources.shown_path(file))
}

/// Only the first line of a span is worth showing; an empty span still needs room for its caret.
fn visible(span: Span, text: &str) -> std::ops::Range<usize> {
    let range = span.range(text);
    let shown = text.get(range.clone()).unwrap_or("");
    let line = shown.split(['\n', '\r']).next().unwrap_or("").trim_end().len();
    if line > 0 {
        return range.start..range.start + line;
    }
    let next = text.get(range.start..).and_then(|rest| rest.chars().next()).filter(|c| *c != '\n');
    range.start..range.start + next.map_or(0, char::len_utf8)
}

fn summary(problems: &[Problem]) -> String {
    let errors = problems.iter().filter(|p| p.level == Level::Error).count();
    let warnings = problems.len() - errors;
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    match (errors, warnings) {
        (0, 0) => String::new(),
        (e, 0) => format!("{}\n", count(e, "error")),
        (0, w) => format!("{}\n", count(w, "warning")),
        (e, w) => format!("{}, {}\n", count(e, "error"), count(w, "warning")),
    }
}
