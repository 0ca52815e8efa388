//! Speed, memory and cost. `cargo bench -p stack_bench` times the parts; `tests/bench/peers` runs the whole exporter
//! beside its peers and says which targets are met. Modules in reading order:

pub mod client; // asks an exporter over HTTP and checks the answer
pub mod measure; // one file per question
pub mod process; // an exporter as a process: its time, its memory
pub mod report; // rows, verdicts, one table
pub mod synthetic; // a hundred thousand series
