//! The command line. The switches of collectors are not written here: they come from the collectors' own tables.

use std::{ffi::OsString, path::PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::{
    config::{Config, Level, LogFormat},
    sources::host::{COLLECTORS, Setting, Value},
};

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Serve metrics.
    Serve,
    /// One scrape to standard output.
    Once,
    /// Every metric there can be, to standard output.
    Catalog,
    /// Say whether the configuration is good.
    CheckConfig,
}

/// Why the command line ends the program.
#[derive(Debug)]
pub enum Ending {
    /// A text was asked for: help, or the version.
    Text(String),
    /// Something in it is wrong. One line for each problem.
    Wrong(String),
}

/// Names that node_exporter's flags had before; it still takes them, and so do people's unit files.
const FORMER_NAMES: &[(&str, &str)] = &[
    ("diskstats.device-exclude", "diskstats.ignored-devices"),
    ("filesystem.fs-types-exclude", "filesystem.ignored-fs-types"),
    ("filesystem.mount-points-exclude", "filesystem.ignored-mount-points"),
    ("netdev.device-exclude", "netdev.device-blacklist"),
    ("netdev.device-include", "netdev.device-whitelist"),
    ("systemd.unit-exclude", "systemd.unit-blacklist"),
    ("systemd.unit-include", "systemd.unit-whitelist"),
];

/// Reads the command line, and the configuration file if it names one.
pub fn read(arguments: impl Iterator<Item = OsString>) -> Result<(Action, Config), Ending> {
    let matches = command().try_get_matches_from(arguments).map_err(ending)?;
    let action = match matches.subcommand_name() {
        Some("once") => Action::Once,
        Some("catalog") => Action::Catalog,
        Some("check-config") => Action::CheckConfig,
        _ => Action::Serve,
    };
    // Flags may stand before or behind the command; clap hands them down to it.
    let matches = matches.subcommand().map_or(&matches, |(_, below)| below);
    let mut config = match matches.get_one::<PathBuf>("config.file") {
        Some(path) => Config::read(path).map_err(Ending::Wrong)?,
        None => Config::default(),
    };
    apply(matches, &mut config);
    let path = &config.web.telemetry_path;
    if !path.starts_with('/') || path.contains(['?', '#', ' ']) {
        return Err(Ending::Wrong(format!(
            "--web.telemetry-path={path:?}: a path begins with / and holds no ?, # or space"
        )));
    }
    Ok((action, config))
}

/// The whole command line, for help and for tests.
pub fn command() -> Command {
    let command = Command::new("stack_exporter")
        .version(env!("CARGO_PKG_VERSION"))
        .about("One Prometheus exporter for the whole stack. Without any option it serves this host's metrics.")
        .subcommand(Command::new("once").about("Scrape once, print the metrics and end"))
        .subcommand(Command::new("catalog").about("Print every metric that can be exported, as YAML"))
        .subcommand(Command::new("check-config").about("Say what is wrong with the configuration, if anything"))
        .args(general())
        .args(paths())
        .next_help_heading("Collectors")
        .arg(flag("collector.disable-defaults", "Run only the collectors turned on by name"));
    COLLECTORS.iter().fold(command, |command, collector| {
        let default = if collector.default { "on" } else { "off" };
        let command =
            switch(command, collector.name, &format!("The collector {} [default: {default}]", collector.name));
        collector.settings.iter().fold(command, setting)
    })
}

fn general() -> [Arg; 5] {
    [
        Arg::new("web.listen-address")
            .help("Address to listen on; may be given several times [default: 127.0.0.1:9847]")
            .action(ArgAction::Append),
        Arg::new("web.telemetry-path").help("Path of the metrics [default: /metrics]"),
        Arg::new("config.file").help("Configuration file").value_parser(value_parser!(PathBuf)),
        Arg::new("log.level").help("Least important level to log [default: info]").value_parser(value_parser!(Level)),
        Arg::new("log.format").help("Layout of the log [default: logfmt]").value_parser(value_parser!(LogFormat)),
    ]
    .map(global)
}

fn paths() -> [Arg; 4] {
    [
        ("path.procfs", "Where proc is mounted [default: /proc]"),
        ("path.sysfs", "Where sysfs is mounted [default: /sys]"),
        ("path.rootfs", "Where the root file system is mounted [default: /]"),
        ("path.udev.data", "Where udev keeps its data [default: /run/udev/data]"),
    ]
    .map(|(name, help)| global(Arg::new(name).help(help).value_parser(value_parser!(PathBuf))))
}

fn global(arg: Arg) -> Arg {
    let name = arg.get_id().to_string();
    arg.long(name).global(true)
}

fn flag(name: impl Into<String>, help: impl Into<String>) -> Arg {
    global(Arg::new(name.into()).action(ArgAction::SetTrue).help(help.into()))
}

/// A flag and its `--no-` twin; the last one given wins.
fn switch(command: Command, name: &str, help: &str) -> Command {
    let (on, off) = (format!("collector.{name}"), format!("no-collector.{name}"));
    command.arg(flag(&on, help).overrides_with(&off)).arg(flag(&off, "").overrides_with(&on).hide(true))
}

fn setting(command: Command, setting: &'static Setting) -> Command {
    match setting.default {
        Value::Switch(on) => {
            let default = if on { "on" } else { "off" };
            switch(command, setting.name, &format!("{} [default: {default}]", setting.help))
        }
        Value::Text(default) => {
            let default = if default.is_empty() { String::new() } else { format!(" [default: {default}]") };
            let arg = Arg::new(format!("collector.{}", setting.name)).help(format!("{}{default}", setting.help));
            let former = FORMER_NAMES.iter().filter(|(name, _)| *name == setting.name);
            let arg = arg.aliases(former.map(|(_, former)| format!("collector.{former}")));
            command.arg(global(arg).action(ArgAction::Append).allow_hyphen_values(true))
        }
    }
}

fn apply(matches: &ArgMatches, config: &mut Config) {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
    let given = |name: &str| matches.get_flag(name);
    if let Some(addresses) = matches.get_many::<String>("web.listen-address") {
        config.web.listen_addresses = addresses.cloned().collect();
    }
    set(&mut config.web.telemetry_path, text("web.telemetry-path"));
    set(&mut config.log.level, matches.get_one("log.level").copied());
    set(&mut config.log.format, matches.get_one("log.format").copied());
    set(&mut config.host.paths.procfs, path("path.procfs"));
    set(&mut config.host.paths.sysfs, path("path.sysfs"));
    set(&mut config.host.paths.rootfs, path("path.rootfs"));
    set(&mut config.host.paths.udev_data, path("path.udev.data"));
    config.host.disable_defaults |= given("collector.disable-defaults");
    let switched = |name: &str| match (given(&format!("collector.{name}")), given(&format!("no-collector.{name}"))) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    for collector in COLLECTORS {
        if let Some(on) = switched(collector.name) {
            config.host.switched.insert(collector.name, on);
        }
        for setting in collector.settings {
            let value = match setting.default {
                Value::Switch(_) => switched(setting.name).map(|on| on.to_string()),
                Value::Text(_) => matches
                    .get_many::<String>(&format!("collector.{}", setting.name))
                    .map(|values| values.map(String::as_str).collect::<Vec<_>>().join("\n")),
            };
            if let Some(value) = value {
                config.host.settings.set(setting, value);
            }
        }
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// Clap explains an error over several lines; what is wrong and what was meant fit in one.
fn ending(error: clap::Error) -> Ending {
    if !error.use_stderr() {
        return Ending::Text(error.to_string());
    }
    let text = error.to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("Usage:"));
    let kept = lines.filter(|line| !line.starts_with("For more information")).collect::<Vec<_>>().join("; ");
    Ending::Wrong(kept.trim_start_matches("error: ").to_owned())
}
