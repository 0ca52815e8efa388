//! One threshold spec: a service, its signals, its alerts and who hears of them.

use super::alert::{self, AlertSpec};
use super::board::{self, BoardSpec};
use super::decode::{Fields, text};
use super::notify::{self, QuietSpec, ReceiverSpec, SeveritySpec, WatchdogSpec, WindowSpec};
use super::signal::{self, SignalSpec};
use super::yaml::{At, Node};
use crate::diagnostic::{Diagnostics, NOT_YET, Problem};

#[derive(Debug)]
pub(crate) struct ServiceSpec {
    /// Path of the file, for provenance in outputs.
    pub(crate) path: String,
    pub(crate) service: Option<At<String>>,
    pub(crate) title: Option<At<String>>,
    pub(crate) team: Option<At<String>>,
    pub(crate) select: Vec<(At<String>, At<String>)>,
    pub(crate) uses: Vec<At<String>>,
    /// Collectors that this service's exporter runs although they are off by default.
    pub(crate) collectors: Vec<At<String>>,
    pub(crate) signals: Vec<SignalSpec>,
    pub(crate) alerts: Vec<AlertSpec>,
    pub(crate) severities: Vec<SeveritySpec>,
    pub(crate) receivers: Vec<ReceiverSpec>,
    pub(crate) windows: Vec<WindowSpec>,
    pub(crate) quiet: Vec<QuietSpec>,
    pub(crate) watchdog: Option<WatchdogSpec>,
    pub(crate) boards: Vec<BoardSpec>,
}

pub(super) fn decode(node: At<Node>, path: &str, problems: &mut Diagnostics) -> Option<ServiceSpec> {
    let mut fields = Fields::open(node, "a spec", problems)?;
    let spec = ServiceSpec {
        path: path.to_owned(),
        service: fields.need_text("service"),
        title: fields.text("title"),
        team: fields.text("team"),
        select: pairs(&mut fields, "select"),
        uses: fields.texts("use"),
        collectors: fields.texts("collectors"),
        signals: fields
            .named("signals")
            .into_iter()
            .filter_map(|(n, v)| signal::decode(n, v, fields.problems))
            .collect(),
        alerts: fields.named("alerts").into_iter().filter_map(|(n, v)| alert::decode(n, v, fields.problems)).collect(),
        severities: fields
            .named("severities")
            .into_iter()
            .filter_map(|(n, v)| notify::severity(n, v, fields.problems))
            .collect(),
        receivers: fields
            .named("receivers")
            .into_iter()
            .filter_map(|(n, v)| notify::receiver(n, v, fields.problems))
            .collect(),
        windows: fields
            .named("windows")
            .into_iter()
            .filter_map(|(n, v)| notify::window(n, v, fields.problems))
            .collect(),
        quiet: quiet(&mut fields),
        watchdog: fields.take("watchdog").and_then(|n| notify::watchdog(n, fields.problems)),
        boards: fields
            .named("dashboards")
            .into_iter()
            .filter_map(|(n, v)| board::decode(n, v, fields.problems))
            .collect(),
    };
    not_yet(&mut fields, "slos", "service level objectives");
    fields.close();
    Some(spec)
}

/// Takes a key that the language has and this version does not compile, and says so instead of emitting half of it.
pub(super) fn not_yet(fields: &mut Fields<'_>, key: &'static str, what: &str) {
    let at = fields.key_span(key);
    if let (Some(_), Some(span)) = (fields.take(key), at) {
        let message = format!("{what} (`{key}`) are not supported yet");
        fields.problems.push(Problem::error(&NOT_YET, span, message).help("leave it out for now"));
    }
}

/// A mapping of text to text, such as labels.
pub(super) fn pairs(fields: &mut Fields<'_>, key: &'static str) -> Vec<(At<String>, At<String>)> {
    let entries = fields.named(key);
    entries.into_iter().filter_map(|(k, v)| Some((k, text(v, key, fields.problems)?))).collect()
}

fn quiet(fields: &mut Fields<'_>) -> Vec<QuietSpec> {
    match fields.take("quiet") {
        Some(At { value: Node::List(items), .. }) => {
            items.into_iter().filter_map(|item| notify::quiet(item, fields.problems)).collect()
        }
        Some(node) => notify::quiet(node, fields.problems).into_iter().collect(),
        None => Vec::new(),
    }
}
