//! Compiles threshold specs.
