//! A summary that names a label the series do not carry.

use crate::diagnostic::{Code, Diagnostics, Problem, did_you_mean};
use crate::model::{Model, Part};

pub(super) static CODE: Code = Code {
    id: "R0407",
    name: "summary-label",
    meaning: "A summary has a placeholder that is always empty: the series of its signal do not carry the label, or the word is unknown.",
    fix: "Use `{value}`, `{bound}` or `{labels.NAME}` with a label of the signal.",
};

pub(super) fn run(model: &Model, problems: &mut Diagnostics) {
    for service in &model.services {
        for alert in &service.alerts {
            let Some(signal) = service.signals.get(&alert.signal) else { continue };
            let labels: Vec<&str> = signal.labels.iter().map(String::as_str).collect();
            for (part, span) in &alert.summary.parts {
                let problem = match part {
                    Part::Label(label) if !labels.contains(&label.as_str()) => {
                        let help = did_you_mean(label, labels.iter().copied());
                        let help = help.unwrap_or_else(|| format!("its labels are {}", labels.join(", ")));
                        Problem::error(&CODE, *span, format!("`{}` has no label `{label}`", signal.key)).help(help)
                    }
                    Part::Unknown(word) => Problem::error(&CODE, *span, format!("`{{{word}}}` stands for nothing"))
                        .help("placeholders are {value}, {bound} and {labels.NAME}"),
                    _ => continue,
                };
                problems.push(problem);
            }
        }
    }
}
