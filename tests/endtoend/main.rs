//! The whole chain on real parts: this host, the exporter, Prometheus, the compiled rules, Alertmanager, a receiver; and
//! the exporter beside the one whose names it speaks.

mod chain;
mod node_exporter;
mod prometheus;
