//! Diagnostics for programs.

use super::{Problem, Sources, Span};
use serde_json::{Value, json};

pub(super) fn render(problems: &[Problem], sources: &Sources) -> String {
    let list: Vec<Value> = problems.iter().map(|p| problem(p, sources)).collect();
    format!("{:#}\n", json!({ "problems": list }))
}

fn problem(problem: &Problem, sources: &Sources) -> Value {
    let related: Vec<Value> =
        problem.related.iter().map(|(span, note)| json!({ "at": at(*span, sources), "note": note })).collect();
    json!({
        "code": problem.code.id,
        "name": problem.code.name,
        "level": problem.level.to_string(),
        "message": problem.message,
        "at": at(problem.span, sources),
        "label": problem.label,
        "related": related,
        "help": problem.help,
    })
}

fn at(span: Span, sources: &Sources) -> Value {
    let at = sources.position(span);
    json!({
        "file": at.path,
        "line": at.line,
        "column": at.column,
        "end_line": at.end_line,
        "end_column": at.end_column,
    })
}
