//! Receivers of Alertmanager, with messages that a tired person can act on.

use crate::model::Integration;
use crate::plan::Audience;
use serde_json::{Map, Value, json};

const TITLE: &str = "[{{ .Status | toUpper }}] {{ .CommonLabels.severity }} {{ with .GroupLabels.alertname }}{{ . }} {{ end }}{{ .CommonLabels.service }}";

/// One line per alert: what, how bad against which bound, since when, and where it says what to do.
const LINES: &str = "{{ range .Alerts }}{{ .Labels.severity }} {{ .Labels.alertname }}: {{ .Annotations.summary }} \
(bound {{ .Annotations.bound }}) since {{ .StartsAt.Format \"2006-01-02 15:04 MST\" }} - {{ .Annotations.runbook_url }}\n{{ end }}";

/// The entry of one audience. In a drill everything goes to the address of the drill: an exercise pages nobody.
pub(super) fn settings(audience: &Audience<'_>, deliver_to: Option<&str>) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("name".to_owned(), json!(audience.name));
    if let Some(address) = deliver_to {
        let url = format!("{}/{}", address.trim_end_matches('/'), audience.name);
        entry.insert("webhook_configs".to_owned(), json!([{ "url": url, "send_resolved": true }]));
        return entry;
    }
    for integration in audience.members.iter().flat_map(|receiver| &receiver.integrations) {
        let key = format!("{}_configs", integration.kind);
        let config = config(integration, audience);
        match entry.get_mut(&key).and_then(Value::as_array_mut) {
            Some(list) => list.push(config),
            None => drop(entry.insert(key, json!([config]))),
        }
    }
    entry
}

fn config(integration: &Integration, audience: &Audience<'_>) -> Value {
    let mut config: Map<String, Value> =
        integration.settings.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let mut add = |name: &str, value: Value| drop(config.insert(name.to_owned(), value));
    add("send_resolved", json!(true));
    match integration.kind {
        "slack" => {
            add("title", json!(TITLE));
            add("text", json!(LINES));
            add("color", json!("{{ if eq .Status \"firing\" }}danger{{ else }}good{{ end }}"));
        }
        "pagerduty" => {
            add(
                "description",
                json!(
                    "{{ .CommonLabels.severity }} {{ with .GroupLabels.alertname }}{{ . }}: {{ end }}{{ (index .Alerts 0).Annotations.summary }}"
                ),
            );
            add("severity", json!(pager_severity(&audience.severities)));
            add("details", json!({ "alerts": LINES }));
        }
        "email" => add("headers", json!({ "subject": TITLE })),
        _ => {}
    }
    Value::Object(config)
}

/// PagerDuty knows four words; ours map to them in order of gravity.
fn pager_severity(severities: &[&str]) -> String {
    let mut words = ["critical", "error", "warning"].into_iter();
    let mut out = String::new();
    for severity in severities.iter().take(3) {
        let test = serde_json::to_string(severity).unwrap_or_default();
        let branch = if out.is_empty() { "if" } else { "else if" };
        out.push_str(&format!("{{{{ {branch} eq .CommonLabels.severity {test} }}}}{}", words.next().unwrap_or("info")));
    }
    if out.is_empty() { "error".to_owned() } else { format!("{out}{{{{ else }}}}info{{{{ end }}}}") }
}
