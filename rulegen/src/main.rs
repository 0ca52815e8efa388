//! The command `rulegen`.

fn main() {}
