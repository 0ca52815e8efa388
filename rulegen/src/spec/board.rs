//! A dashboard as written: rows of panels.

use super::decode::{Fields, shape};
use super::yaml::{At, Node};
use crate::diagnostic::Diagnostics;

#[derive(Debug)]
pub(crate) struct BoardSpec {
    pub(crate) name: At<String>,
    pub(crate) uid: Option<At<String>>,
    pub(crate) title: Option<At<String>>,
    pub(crate) rows: Vec<RowSpec>,
}

#[derive(Debug)]
pub(crate) struct RowSpec {
    pub(crate) title: At<String>,
    pub(crate) panels: Vec<PanelSpec>,
}

/// A signal and how it is drawn: `cpu_used` alone means lines.
#[derive(Debug)]
pub(crate) struct PanelSpec {
    pub(crate) signal: At<String>,
    pub(crate) kind: Option<At<String>>,
}

pub(super) fn decode(name: At<String>, node: At<Node>, problems: &mut Diagnostics) -> Option<BoardSpec> {
    let mut fields = Fields::open(node, "a dashboard", problems)?;
    let uid = fields.text("uid");
    let title = fields.text("title");
    let rows = fields.named("rows").into_iter().map(|(title, node)| row(title, node, fields.problems)).collect();
    fields.close();
    Some(BoardSpec { name, uid, title, rows })
}

fn row(title: At<String>, node: At<Node>, problems: &mut Diagnostics) -> RowSpec {
    let panels = match node.value {
        Node::List(items) => items.into_iter().filter_map(|item| panel(item, problems)).collect(),
        other => {
            problems.push(shape(node.span, "a row", "a list of signals", &other));
            Vec::new()
        }
    };
    RowSpec { title, panels }
}

fn panel(node: At<Node>, problems: &mut Diagnostics) -> Option<PanelSpec> {
    let At { value, span } = node;
    match value {
        Node::Text(signal) => Some(PanelSpec { signal: At { value: signal, span }, kind: None }),
        Node::Map(mut entries) if entries.len() == 1 => match entries.pop() {
            Some((signal, At { value: Node::Text(kind), span })) => {
                Some(PanelSpec { signal, kind: Some(At { value: kind, span }) })
            }
            _ => {
                let found = Node::Map(Vec::new());
                problems.push(shape(span, "a panel", "`signal` or `signal: kind`", &found));
                None
            }
        },
        other => {
            problems.push(shape(span, "a panel", "`signal` or `signal: kind`", &other));
            None
        }
    }
}
