//! From the start of the program to its first whole answer, and the size of the program.

use std::{fs, io};

use super::{Setup, median};
use crate::report::{Quantity, Row, Target};

const ROUNDS: usize = 21;

pub async fn rows(setup: &Setup<'_>) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for peer in setup.peers {
        let programs = [setup.ours(&[]), peer.clone()];
        let mut times: [Vec<f64>; 2] = Default::default();
        for _ in 0..ROUNDS {
            for (program, times) in programs.iter().zip(&mut times) {
                times.push(program.start().await?.until_answer.as_secs_f64());
            }
        }
        let [ours, theirs] = times.map(|times| Quantity::Seconds(median(times)));
        let target = Target::AtMost(Quantity::Seconds(0.010));
        rows.push(Row::new("start to first whole answer", ours).beside(&peer.name, theirs).target(target));
        let size = |path| fs::metadata(path).map(|file| Quantity::Bytes(file.len() as f64));
        let target = Target::AtMost(Quantity::Bytes(10e6));
        rows.push(Row::new("program", size(setup.ours)?).beside(&peer.name, size(&peer.path)?).target(target));
    }
    rows.sort_by_key(|row| row.what == "program");
    Ok(rows)
}
