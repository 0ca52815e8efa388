//! Resident memory over ten thousand scrapes, each a run of its own, on connections that come and go.

use std::io;

use super::Setup;
use crate::{
    client::{Client, PLAIN, PROMETHEUS},
    process::Process,
    report::{Quantity, Row, Target},
};

const EARLY: usize = 1_000;
const LATE: usize = 10_000;
const PER_CONNECTION: usize = 100;

pub async fn rows(setup: &Setup<'_>) -> io::Result<Vec<Row>> {
    let ours = setup.ours_unshared(&[]).start().await?;
    let early = after(&ours, EARLY).await?;
    let late = after(&ours, LATE - EARLY).await?;
    let target = Target::AtMost(Quantity::Bytes(12e6));
    let mut rows = vec![Row::new("resident memory after 10,000 scrapes", Quantity::Bytes(late)).target(target)];
    for peer in setup.peers {
        let theirs = peer.start().await?;
        let row = Row::new("resident memory after 1,000 scrapes", Quantity::Bytes(early));
        rows.push(row.beside(&peer.name, Quantity::Bytes(after(&theirs, EARLY).await?)).target(target));
    }
    let flat = Target::AtMost(Quantity::Bytes(0.3e6));
    rows.push(Row::new("growth from there to 10,000", Quantity::Bytes((late - early).max(0.0))).target(flat));
    Ok(rows)
}

async fn after(process: &Process, scrapes: usize) -> io::Result<f64> {
    for _ in 0..scrapes / PER_CONNECTION {
        let mut client = Client::connect(process.port).await?;
        for number in 0..PER_CONNECTION {
            client.get(if number % 2 == 0 { PLAIN } else { PROMETHEUS }).await?;
        }
    }
    Ok(process.resident() as f64)
}
