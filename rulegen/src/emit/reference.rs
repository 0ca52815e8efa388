//! The reference, printed from the tables that the program runs on.

use super::EMITTERS;
use crate::checks::CHECKS;
use crate::diagnostic::{Code, READING};

pub(crate) fn reference() -> String {
    let mut out = String::from(COMMANDS);
    for emitter in EMITTERS {
        out.push_str(&format!("- {}\n", emitter.what));
    }
    out.push_str("\n## Problems of reading and understanding a spec\n\n");
    out.push_str(&table(READING.iter().copied()));
    out.push_str("\n## Checks\n\n");
    out.push_str(&table(CHECKS.iter().map(|check| check.code)));
    out
}

const COMMANDS: &str = "# rulegen: reference

<!-- Printed by `rulegen reference`. Do not edit. -->

## Commands

| command | does |
|---|---|
| `rulegen build` | compiles every spec that `rulegen.yml` names and writes the outputs; with any error nothing is written |
| `rulegen build --check` | writes nothing; lists outputs that are missing, differ or are left over, and fails if there are any |
| `rulegen build --force` | also overwrites outputs that were edited by hand |
| `rulegen build --out DIR` | writes under `DIR` instead of beside the project file |
| `rulegen build --drill 1s --out DIR --deliver-to URL` | compiles for an exercise with that scrape interval: waiting and looking back become a few scrapes long, thresholds, forecasts and windows of the week stay; every message goes to `URL/<receiver>` and wakes nobody |
| `rulegen check` | shows every problem, writes nothing |

`--config FILE` names another project file, `--format text`, `json` or `github` chooses how problems are shown (text goes to
stderr, the others to stdout). Exit status: 0 all is well, 1 problems were found, 2 wrong use or a file could not be read or written.

## Outputs

";

fn table(codes: impl Iterator<Item = &'static Code>) -> String {
    let mut out = String::from("| code | name | meaning | what to do |\n|---|---|---|---|\n");
    for code in codes {
        out.push_str(&format!("| {} | {} | {} | {} |\n", code.id, code.name, code.meaning, code.fix));
    }
    out
}
