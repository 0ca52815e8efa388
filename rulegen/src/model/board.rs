//! Dashboards with their signals resolved.

use super::Lowering;
use super::ident::{fingerprint, slug};
use super::names::{Names, find_signal};
use crate::diagnostic::{Problem, Span, WRONG_SHAPE, did_you_mean};
use crate::spec::{At, BoardSpec, PanelSpec};

#[derive(Debug)]
pub(crate) struct Board {
    pub(crate) name: At<String>,
    pub(crate) uid: At<String>,
    pub(crate) title: Option<String>,
    pub(crate) rows: Vec<Row>,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) title: String,
    pub(crate) panels: Vec<Panel>,
}

#[derive(Debug)]
pub(crate) struct Panel {
    /// Key of its signal.
    pub(crate) signal: String,
    pub(crate) kind: PanelKind,
    pub(crate) span: Span,
}

/// How a signal is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PanelKind {
    Lines,
    Area,
    Gauge,
    Stat,
    Table,
    Bars,
}

const KINDS: [(&str, PanelKind); 6] = [
    ("lines", PanelKind::Lines),
    ("area", PanelKind::Area),
    ("gauge", PanelKind::Gauge),
    ("stat", PanelKind::Stat),
    ("table", PanelKind::Table),
    ("bars", PanelKind::Bars),
];

impl PanelKind {
    pub(crate) fn name(self) -> &'static str {
        KINDS.iter().find(|(_, k)| *k == self).map_or("", |(name, _)| *name)
    }
}

/// Grafana refuses longer ones.
const LONGEST_UID: usize = 40;

pub(super) fn lower(spec: BoardSpec, names: &Names<'_>, lowering: &mut Lowering<'_>) -> Board {
    let uid = spec.uid.unwrap_or_else(|| At { value: short_uid(&spec.name.value), span: spec.name.span });
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if uid.value.is_empty() || uid.value.len() > LONGEST_UID || !uid.value.chars().all(allowed) {
        let message = format!("a uid is letters, digits, `-`, `_`, at most {LONGEST_UID}");
        lowering.push(Problem::error(&WRONG_SHAPE, uid.span, message));
    }
    let mut rows = Vec::new();
    for row in spec.rows {
        let panels = row.panels.into_iter().filter_map(|p| panel(&p, names, lowering)).collect();
        rows.push(Row { title: row.title.value, panels });
    }
    Board { uid, title: spec.title.map(|t| t.value), rows, name: spec.name }
}

fn short_uid(name: &str) -> String {
    let slug = slug(name);
    match slug.get(..LONGEST_UID - 9) {
        Some(head) => format!("{head}-{:08x}", fingerprint(name.as_bytes()) as u32),
        None => slug,
    }
}

fn panel(spec: &PanelSpec, names: &Names<'_>, lowering: &mut Lowering<'_>) -> Option<Panel> {
    let kind = match &spec.kind {
        None => Some(PanelKind::Lines),
        Some(word) => {
            let found = KINDS.iter().find(|(name, _)| *name == word.value).map(|(_, kind)| *kind);
            if found.is_none() {
                let known = KINDS.map(|(name, _)| name);
                let help = did_you_mean(&word.value, known).unwrap_or_else(|| format!("kinds: {}", known.join(", ")));
                let message = format!("`{}` is not a kind of panel", word.value);
                lowering.push(Problem::error(&WRONG_SHAPE, word.span, message).help(help));
            }
            found
        }
    };
    let signal = find_signal(&spec.signal, names, lowering)?;
    Some(Panel { signal: signal.key.clone(), kind: kind?, span: spec.signal.span })
}
