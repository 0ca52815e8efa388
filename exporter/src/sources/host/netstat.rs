//! `/proc/net/netstat`, `snmp` and `snmp6`: what the network protocols counted.

use std::collections::HashMap;

use regex::Regex;

use super::{Collector, Host, Setting};
use crate::metric::{Batch, Descriptor, Failure, Reason, Unit};

const fn untyped(name: &'static str, unit: Unit, help: &'static str) -> Descriptor {
    Descriptor::untyped(name, unit, &[], help)
}

const METRICS: [Descriptor; 43] = [
    untyped("node_netstat_Icmp6_InErrors", Unit::Count, "ICMPv6 messages received with errors."),
    untyped("node_netstat_Icmp6_InMsgs", Unit::Count, "ICMPv6 messages received."),
    untyped("node_netstat_Icmp6_OutMsgs", Unit::Count, "ICMPv6 messages sent."),
    untyped("node_netstat_Icmp_InErrors", Unit::Count, "ICMP messages received with errors."),
    untyped("node_netstat_Icmp_InMsgs", Unit::Count, "ICMP messages received."),
    untyped("node_netstat_Icmp_OutMsgs", Unit::Count, "ICMP messages sent."),
    untyped("node_netstat_Ip6_InOctets", Unit::Bytes, "Data received over IPv6."),
    untyped("node_netstat_Ip6_OutOctets", Unit::Bytes, "Data sent over IPv6."),
    untyped("node_netstat_IpExt_InOctets", Unit::Bytes, "Data received over IPv4."),
    untyped("node_netstat_IpExt_OutOctets", Unit::Bytes, "Data sent over IPv4."),
    untyped("node_netstat_Ip_Forwarding", Unit::None, "1 if the host forwards IPv4 packets, 2 if not."),
    untyped("node_netstat_TcpExt_ListenDrops", Unit::Count, "Connections dropped before a server took them."),
    untyped("node_netstat_TcpExt_ListenOverflows", Unit::Count, "Connections that found the queue of a server full."),
    untyped("node_netstat_TcpExt_SyncookiesFailed", Unit::Count, "Wrong SYN cookies received."),
    untyped("node_netstat_TcpExt_SyncookiesRecv", Unit::Count, "SYN cookies received."),
    untyped("node_netstat_TcpExt_SyncookiesSent", Unit::Count, "SYN cookies sent."),
    untyped("node_netstat_TcpExt_TCPOFOQueue", Unit::Count, "TCP segments that came out of order and were kept."),
    untyped("node_netstat_TcpExt_TCPRcvQDrop", Unit::Count, "TCP packets dropped because a receive queue was full."),
    untyped("node_netstat_TcpExt_TCPSynRetrans", Unit::Count, "SYNs that had to be sent again."),
    untyped("node_netstat_TcpExt_TCPTimeouts", Unit::Count, "TCP timers that ran out."),
    untyped("node_netstat_Tcp_ActiveOpens", Unit::Count, "TCP connections opened from here."),
    untyped("node_netstat_Tcp_CurrEstab", Unit::Count, "TCP connections that are open."),
    untyped("node_netstat_Tcp_InErrs", Unit::Count, "TCP segments received with errors."),
    untyped("node_netstat_Tcp_InSegs", Unit::Count, "TCP segments received."),
    untyped("node_netstat_Tcp_OutRsts", Unit::Count, "TCP resets sent."),
    untyped("node_netstat_Tcp_OutSegs", Unit::Count, "TCP segments sent, without those sent again."),
    untyped("node_netstat_Tcp_PassiveOpens", Unit::Count, "TCP connections opened from elsewhere."),
    untyped("node_netstat_Tcp_RetransSegs", Unit::Count, "TCP segments that had to be sent again."),
    untyped("node_netstat_Udp6_InDatagrams", Unit::Count, "Datagrams received over IPv6."),
    untyped("node_netstat_Udp6_InErrors", Unit::Count, "Datagrams over IPv6 that could not be delivered."),
    untyped("node_netstat_Udp6_NoPorts", Unit::Count, "Datagrams over IPv6 that nobody listened for."),
    untyped("node_netstat_Udp6_OutDatagrams", Unit::Count, "Datagrams sent over IPv6."),
    untyped("node_netstat_Udp6_RcvbufErrors", Unit::Count, "Datagrams over IPv6 that found a receive buffer full."),
    untyped("node_netstat_Udp6_SndbufErrors", Unit::Count, "Datagrams over IPv6 that found a send buffer full."),
    untyped("node_netstat_UdpLite6_InErrors", Unit::Count, "UDP-Lite over IPv6 that could not be delivered."),
    untyped("node_netstat_UdpLite_InErrors", Unit::Count, "UDP-Lite datagrams that could not be delivered."),
    untyped("node_netstat_Udp_InDatagrams", Unit::Count, "Datagrams received."),
    untyped("node_netstat_Udp_InErrors", Unit::Count, "Datagrams that could not be delivered."),
    untyped("node_netstat_Udp_NoPorts", Unit::Count, "Datagrams that nobody listened for."),
    untyped("node_netstat_Udp_OutDatagrams", Unit::Count, "Datagrams sent."),
    untyped("node_netstat_Udp_RcvbufErrors", Unit::Count, "Datagrams that found a receive buffer full."),
    untyped("node_netstat_Udp_SndbufErrors", Unit::Count, "Datagrams that found a send buffer full."),
    OTHER,
];
const OTHER: Descriptor = untyped("node_netstat_*", Unit::None, "The number of the kernel that the name quotes.");

const FIELDS: Setting = Setting::text(
    "netstat.fields",
    "^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|TcpExt_(Listen.*\
     |Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts\
     |PassiveOpens|RetransSegs|CurrEstab)|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$",
    "Which numbers to report (regular expression over Protocol_Name).",
);

/// The collector `netstat`.
pub const COLLECTOR: Collector = Collector {
    name: "netstat",
    default: true,
    metrics: &METRICS,
    settings: &[FIELDS],
    start: |settings| {
        let mut choice = Choice { fields: settings.pattern(&FIELDS)?, tables: HashMap::new(), singles: HashMap::new() };
        Ok(Box::new(move |host, out| read(host, out, &mut choice)))
    },
};

fn read(host: &mut Host, out: &mut Batch, choice: &mut Choice) -> Result<(), Failure> {
    let mut odd = None;
    for file in ["net/netstat", "net/snmp"] {
        let failure = tables(&host.proc(file)?, choice, out);
        odd = odd.or(failure.map(|line| Failure::parse(format!("{file}: {line:?}"))));
    }
    match host.proc("net/snmp6") {
        Ok(text) => {
            let failure = list(&text, choice, out);
            odd = odd.or(failure.map(|line| Failure::parse(format!("net/snmp6: {line:?}"))));
        }
        // A kernel without IPv6.
        Err(failure) if failure.reason == Reason::Missing => {}
        Err(failure) => return Err(failure),
    }
    odd.map_or(Ok(()), Err)
}

/// Two lines for each protocol, names above numbers. Returns the first line that is not so.
fn tables(text: &str, choice: &mut Choice, out: &mut Batch) -> Option<String> {
    let mut odd = None;
    let mut lines = text.lines();
    while let Some(names) = lines.next() {
        let numbers = lines.next().unwrap_or_default();
        if table(names, numbers, choice, out).is_none() {
            odd.get_or_insert_with(|| names.to_owned());
        }
    }
    odd
}

fn table(names: &str, numbers: &str, choice: &mut Choice, out: &mut Batch) -> Option<()> {
    let (protocol, header) = names.split_once(": ")?;
    let numbers = numbers.strip_prefix(protocol)?.strip_prefix(": ")?;
    let table = choice.table(names, protocol, header)?;
    let mut fields = numbers.split_ascii_whitespace();
    let mut position = 0;
    let mut values = Vec::with_capacity(table.chosen.len());
    for (column, _) in &table.chosen {
        values.push(fields.nth(column - position)?.parse().ok()?);
        position = column + 1;
    }
    if position + fields.count() != table.columns {
        return None;
    }
    table.chosen.iter().zip(values).for_each(|((_, family), value)| family.push(out, value));
    Some(())
}

/// `Udp6NoPorts 12`, one in a line. Returns the first line that is not so.
fn list(text: &str, choice: &mut Choice, out: &mut Batch) -> Option<String> {
    let mut odd = None;
    for line in text.lines() {
        let mut fields = line.split_ascii_whitespace();
        let (Some(name), Some(value)) = (fields.next(), fields.next()) else { continue };
        let Some(family) = choice.single(name) else { continue };
        match value.parse() {
            Ok(value) => family.push(out, value),
            Err(_) => _ = odd.get_or_insert_with(|| line.to_owned()),
        }
    }
    odd
}

/// What becomes of the names in these files. They stay the same while the kernel runs, so each is looked at once.
struct Choice {
    fields: Option<Regex>,
    tables: HashMap<String, Table>,
    singles: HashMap<String, Option<Family>>,
}

/// The columns that become families.
struct Table {
    columns: usize,
    chosen: Vec<(usize, Family)>,
}

enum Family {
    Known(&'static Descriptor),
    Other(String),
}

impl Choice {
    fn table(&mut self, names: &str, protocol: &str, header: &str) -> Option<&Table> {
        if !self.tables.contains_key(names) {
            let all = header.split_ascii_whitespace().enumerate();
            let chosen = all.filter_map(|(column, name)| Some((column, self.family(protocol, name)?))).collect();
            let table = Table { columns: header.split_ascii_whitespace().count(), chosen };
            forget_if_too_many(&mut self.tables);
            self.tables.insert(names.to_owned(), table);
        }
        self.tables.get(names)
    }

    fn single(&mut self, name: &str) -> Option<&Family> {
        if !self.singles.contains_key(name) {
            // `Icmp6InMsgs` is `InMsgs` of `Icmp6`; a name without the 6 belongs to no protocol.
            let split = name.find('6').and_then(|six| name.split_at_checked(six + 1));
            let family = split.and_then(|(protocol, name)| self.family(protocol, name));
            forget_if_too_many(&mut self.singles);
            self.singles.insert(name.to_owned(), family);
        }
        self.singles.get(name)?.as_ref()
    }

    fn family(&self, protocol: &str, name: &str) -> Option<Family> {
        if self.fields.as_ref().is_some_and(|fields| !fields.is_match(&format!("{protocol}_{name}"))) {
            return None;
        }
        let name = format!("node_netstat_{protocol}_{name}");
        let known = METRICS.iter().find(|descriptor| descriptor.name == name);
        Some(known.map_or(Family::Other(name), Family::Known))
    }
}

/// No kernel has so many names; whatever writes them must not fill our memory.
fn forget_if_too_many<T>(names: &mut HashMap<String, T>) {
    if names.len() >= 1024 {
        names.clear();
    }
}

impl Family {
    fn push(&self, out: &mut Batch, value: f64) {
        match self {
            Self::Known(descriptor) => out.push(descriptor, &[], value),
            Self::Other(name) => out.push_named(&OTHER, name, OTHER.help, &[], value),
        }
    }
}
