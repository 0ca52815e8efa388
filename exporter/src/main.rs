//! The command `stack_exporter`.

fn main() {}
