//! A library pack: signals that come ready-made with `use`.

use super::decode::Fields;
use super::signal::{self, SignalSpec};
use super::yaml::{At, Node};
use crate::diagnostic::Diagnostics;

#[derive(Debug)]
pub(crate) struct PackSpec {
    pub(crate) name: At<String>,
    pub(crate) signals: Vec<SignalSpec>,
}

pub(super) fn decode(node: At<Node>, problems: &mut Diagnostics) -> Option<PackSpec> {
    let mut fields = Fields::open(node, "a pack", problems)?;
    let name = fields.need_text("pack");
    fields.text("about");
    // A place for YAML anchors, so that one filter is written once and used by several signals.
    fields.take("shared");
    let signals =
        fields.named("signals").into_iter().filter_map(|(n, v)| signal::decode(n, v, fields.problems)).collect();
    fields.close();
    Some(PackSpec { name: name?, signals })
}
