//! TCP connections by state.
//!
//! Asked over netlink: `/proc/net/tcp` has the same sockets, but not the length of the queue that a listening socket
//! may grow to, which is part of `tx_queued_bytes`; and the kernel is several times quicker to fill binary messages.

use rustix::net::netlink::SOCK_DIAG;

use super::{Collector, Host, netlink};
use crate::metric::{Batch, Descriptor, Failure, Unit};

const STATES: Descriptor = Descriptor::gauge(
    "node_tcp_connection_states",
    Unit::Count,
    &["state"],
    "TCP connections in a state; bytes in their queues, where the state says so.",
);

/// The collector `tcpstat`.
pub const COLLECTOR: Collector =
    Collector { name: "tcpstat", default: false, metrics: &[STATES], settings: &[], start: |_| Ok(Box::new(read)) };

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;

/// The kernel's numbers for states, from 1 on.
const NAMES: [&str; 11] = [
    "established",
    "syn_sent",
    "syn_recv",
    "fin_wait1",
    "fin_wait2",
    "time_wait",
    "close",
    "close_wait",
    "last_ack",
    "listen",
    "closing",
];

fn read(host: &mut Host, out: &mut Batch) -> Result<(), Failure> {
    let mut tally = Tally::default();
    ask(AF_INET, &mut tally)?;
    if host.paths.procfs.join("net/tcp6").exists() {
        ask(AF_INET6, &mut tally)?;
    }
    tally.push(out);
    Ok(())
}

fn ask(family: u8, tally: &mut Tally) -> Result<(), Failure> {
    let mut question = vec![family, 6, 0, 0];
    question.extend(0xFFF_u32.to_ne_bytes());
    // No particular socket.
    question.resize(56, 0);
    netlink::dump(Some(SOCK_DIAG), SOCK_DIAG_BY_FAMILY, &question, |socket| tally.count(socket))
}

#[derive(Default)]
struct Tally {
    /// By the kernel's number; the first is for those it has no name for.
    states: [u64; 12],
    receive_queue: u64,
    send_queue: u64,
}

impl Tally {
    /// Counts one `struct inet_diag_msg`.
    fn count(&mut self, socket: &[u8]) {
        let (Some(state), Some(receive), Some(send)) =
            (socket.get(1), netlink::u32_at(socket, 56), netlink::u32_at(socket, 60))
        else {
            return;
        };
        self.receive_queue += u64::from(receive);
        self.send_queue += u64::from(send);
        let state = usize::from(*state);
        let state = if state <= NAMES.len() { state } else { 0 };
        if let Some(count) = self.states.get_mut(state) {
            *count += 1;
        }
    }

    fn push(&self, out: &mut Batch) {
        for (name, count) in ["unknown"].iter().chain(&NAMES).zip(self.states) {
            if count > 0 {
                out.push(&STATES, &[name], count as f64);
            }
        }
        if self.states.iter().any(|count| *count > 0) {
            out.push(&STATES, &["rx_queued_bytes"], self.receive_queue as f64);
            out.push(&STATES, &["tx_queued_bytes"], self.send_queue as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(state: u8, receive: u32, send: u32) -> Vec<u8> {
        let mut bytes = vec![AF_INET, state];
        bytes.resize(56, 0);
        bytes.extend(receive.to_ne_bytes());
        bytes.extend(send.to_ne_bytes());
        bytes
    }

    #[test]
    fn counts_states_and_queues() {
        let mut tally = Tally::default();
        for (state, receive, send) in [(1, 100, 20), (1, 1, 2), (10, 0, 4096), (11, 0, 0), (200, u32::MAX, 0)] {
            tally.count(&socket(state, receive, send));
        }
        tally.count(&[1, 1, 1]);
        let mut out = Batch::new(100);
        tally.push(&mut out);
        let (snapshot, _) = out.seal();
        let samples = &snapshot.families()[0].samples;
        let lines: Vec<_> = samples.iter().map(|s| format!("{} {}", snapshot.series(s), s.value)).collect();
        assert_eq!(
            lines,
            [
                r#"{state="unknown"} 1"#,
                r#"{state="established"} 2"#,
                r#"{state="listen"} 1"#,
                r#"{state="closing"} 1"#,
                r#"{state="rx_queued_bytes"} 4294967396"#,
                r#"{state="tx_queued_bytes"} 4118"#,
            ]
        );
    }

    #[test]
    fn no_socket_is_no_series() {
        let mut out = Batch::new(100);
        Tally::default().push(&mut out);
        assert!(out.is_empty());
    }

    #[test]
    fn the_kernel_knows_a_listening_socket() {
        let _listening = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut tally = Tally::default();
        ask(AF_INET, &mut tally).unwrap();
        assert!(tally.states[10] >= 1);
    }
}
