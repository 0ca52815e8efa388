//! Diagnostics as workflow commands, which GitHub shows beside the changed line.

use super::{Problem, Sources};

pub(super) fn render(problems: &[Problem], sources: &Sources) -> String {
    problems.iter().map(|p| line(p, sources)).collect()
}

fn line(problem: &Problem, sources: &Sources) -> String {
    let at = sources.position(problem.span);
    let mut message = problem.message.clone();
    for extra in [Some(&problem.label).filter(|l| !l.is_empty()), problem.help.as_ref()].into_iter().flatten() {
        message.push('\n');
        message.push_str(extra);
    }
    format!(
        "::{} file={},line={},endLine={},col={},endColumn={},title={} {}::{}\n",
        problem.level,
        property(&at.path),
        at.line,
        at.end_line,
        at.column,
        at.end_column,
        problem.code.id,
        problem.code.name,
        data(&message)
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
