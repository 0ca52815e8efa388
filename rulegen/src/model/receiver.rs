//! Receivers: the kinds that exist, their settings, and which settings are secrets.

use super::{Lowering, Project, Version};
use crate::diagnostic::{MISSING_KEY, NOT_YET, Problem, SECRET_LITERAL, UNKNOWN_KEY, did_you_mean};
use crate::spec::{At, Entries, ReceiverSpec, text};

#[derive(Debug)]
pub(crate) struct Receiver {
    pub(crate) name: At<String>,
    pub(crate) integrations: Vec<Integration>,
}

/// One way to reach people.
#[derive(Debug)]
pub(crate) struct Integration {
    pub(crate) kind: &'static str,
    /// In the order of the table below.
    pub(crate) settings: Vec<(&'static str, String)>,
}

/// A setting of a kind.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    need: Need,
    /// First Alertmanager that knows it.
    since: Version,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Need {
    Always,
    /// One of the settings so marked must be there.
    OneOf,
    Maybe,
    /// A secret: never written, only named by its file.
    Secret {
        file: &'static str,
    },
}

const OLD: Version = Version(0, 25);

const fn setting(name: &'static str, need: Need) -> Setting {
    Setting { name, need, since: OLD }
}

/// Kinds of receivers. Everything else about a kind is the emitter's business.
static KINDS: [(&str, &[Setting]); 4] = [
    ("webhook", &[setting("url", Need::OneOf), Setting { name: "url_file", need: Need::OneOf, since: Version(0, 26) }]),
    (
        "slack",
        &[
            setting("api_url_file", Need::Always),
            setting("channel", Need::Always),
            setting("api_url", Need::Secret { file: "api_url_file" }),
        ],
    ),
    (
        "pagerduty",
        &[
            setting("routing_key_file", Need::Always),
            setting("routing_key", Need::Secret { file: "routing_key_file" }),
            setting("service_key", Need::Secret { file: "routing_key_file" }),
        ],
    ),
    (
        "email",
        &[
            setting("to", Need::Always),
            setting("from", Need::Always),
            setting("smarthost", Need::Always),
            setting("auth_username", Need::Maybe),
            setting("auth_password_file", Need::Maybe),
            setting("auth_password", Need::Secret { file: "auth_password_file" }),
        ],
    ),
];

pub(super) fn lower(spec: ReceiverSpec, project: &Project, lowering: &mut Lowering<'_>) -> Receiver {
    let mut integrations = Vec::new();
    for (kind, entries) in spec.kinds {
        let Some((name, settings)) = KINDS.iter().find(|(name, _)| *name == kind.value) else {
            let known = KINDS.map(|(name, _)| name);
            let help = did_you_mean(&kind.value, known).unwrap_or_else(|| format!("kinds: {}", known.join(", ")));
            let message = format!("`{}` is not a kind of receiver", kind.value);
            lowering.push(Problem::error(&UNKNOWN_KEY, kind.span, message).help(help));
            // What an unknown kind takes for a secret is not known either.
            entries.iter().for_each(|(_, value)| lowering.problems.conceal(value.span));
            continue;
        };
        let settings = read(&kind, entries, settings, project, lowering);
        integrations.push(Integration { kind: name, settings });
    }
    Receiver { name: spec.name, integrations }
}

fn read(
    kind: &At<String>,
    entries: Entries,
    known: &'static [Setting],
    project: &Project,
    lowering: &mut Lowering<'_>,
) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (key, node) in entries {
        let Some(setting) = known.iter().find(|s| s.name == key.value) else {
            let names: Vec<&str> = known.iter().filter(|s| !is_secret(s)).map(|s| s.name).collect();
            let help = did_you_mean(&key.value, names.iter().copied())
                .unwrap_or_else(|| format!("settings: {}", names.join(", ")));
            let message = format!("{} has no setting `{}`", kind.value, key.value);
            lowering.push(Problem::error(&UNKNOWN_KEY, key.span, message).help(help));
            lowering.problems.conceal(node.span);
            continue;
        };
        if let Need::Secret { file } = setting.need {
            lowering.problems.conceal(node.span);
            secret(&key, file, lowering);
            found.push((file, String::new()));
            continue;
        }
        let Some(value) = text(node, &key.value, lowering.problems) else { continue };
        if setting.name == "url" && carries_secret(&value.value) {
            lowering.problems.conceal(value.span);
            secret(&key, "url_file", lowering);
        }
        if setting.since > project.alertmanager {
            let message = format!("`{}` needs Alertmanager {}.{}", key.value, setting.since.0, setting.since.1);
            lowering.push(
                Problem::error(&NOT_YET, key.span, message)
                    .help("raise `targets: alertmanager` in rulegen.yml, or use another setting"),
            );
        }
        if setting.name.ends_with("_file") && !value.value.starts_with('/') {
            let message = "the path of a secret must be absolute: Alertmanager does not look beside its configuration";
            lowering.push(Problem::error(&crate::diagnostic::WRONG_SHAPE, value.span, message));
        }
        found.push((setting.name, value.value));
    }
    missing(kind, known, &found, lowering);
    found.sort_by_key(|(name, _)| known.iter().position(|s| s.name == *name));
    found
}

fn missing(kind: &At<String>, known: &[Setting], found: &[(&'static str, String)], lowering: &mut Lowering<'_>) {
    let has = |name: &str| found.iter().any(|(n, _)| *n == name);
    for setting in known.iter().filter(|s| s.need == Need::Always && !has(s.name)) {
        let message = format!("{} needs the setting `{}`", kind.value, setting.name);
        lowering.push(Problem::error(&MISSING_KEY, kind.span, message));
    }
    let choices: Vec<&str> = known.iter().filter(|s| s.need == Need::OneOf).map(|s| s.name).collect();
    if !choices.is_empty() && !choices.iter().any(|c| has(c)) {
        let message = format!("{} needs one of `{}`", kind.value, choices.join("`, `"));
        lowering.push(Problem::error(&MISSING_KEY, kind.span, message));
    }
}

fn is_secret(setting: &Setting) -> bool {
    matches!(setting.need, Need::Secret { .. })
}

/// The value is not shown, not even in the message: logs of a build are read by more people than the secret is for.
fn secret(key: &At<String>, file: &str, lowering: &mut Lowering<'_>) {
    let message = format!("`{}` would put a secret into the repository and into every output", key.value);
    let help = format!(
        "store it on the Alertmanager host and name the file: `{file}: /etc/alertmanager/secrets/…`; then change the secret, it has been seen"
    );
    lowering.push(Problem::error(&SECRET_LITERAL, key.span, message).label("secret").help(help));
}

/// Addresses that are secrets themselves: with a password, a token, or of services whose address is the key.
fn carries_secret(url: &str) -> bool {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = after_scheme.split('/').next().unwrap_or("");
    let query = url.split_once('?').map_or("", |(_, query)| query).to_ascii_lowercase();
    host.contains('@')
        || ["hooks.slack.com", "discord.com", "webhook.office.com"].iter().any(|known| host.ends_with(known))
        || ["token=", "key=", "secret=", "password=", "sig="].iter().any(|word| query.contains(word))
}
