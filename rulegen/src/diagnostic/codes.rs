//! Codes of reading and understanding a spec. Codes of checks stand with their check.

use super::Code;

macro_rules! codes {
    ($($name:ident = $id:literal $slug:literal, $meaning:literal, $fix:literal;)*) => {
        $(pub(crate) static $name: Code = Code { id: $id, name: $slug, meaning: $meaning, fix: $fix };)*
        /// Every code above, in order.
        pub(crate) static READING: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    YAML_SYNTAX = "R0001" "yaml-syntax", "The file is not valid YAML.", "Correct the line shown; a value that starts with `>` or `{` must be quoted.";
    UNKNOWN_KEY = "R0002" "unknown-key", "The language has no such key here.", "Use one of the keys named in the message.";
    MISSING_KEY = "R0003" "missing-key", "A key that is always needed is not there.", "Add the key.";
    WRONG_SHAPE = "R0004" "wrong-shape", "A value has the wrong shape, such as a list where text is expected.", "Write the value in the shape named in the message.";
    DUPLICATE_KEY = "R0005" "duplicate-key", "One mapping has the same key twice; one of the two would be lost.", "Remove or rename one of them.";
    TOO_MUCH = "R0006" "too-much", "The file is larger, deeper or expands further than any honest spec.", "Split the file; keep under 1 MB and 64 levels, and do not nest aliases.";
    NOT_YET = "R0007" "not-supported-yet", "The language has the word, this version of the compiler does not.", "Leave it out for now; nothing is emitted that would only look like it works.";
    NO_FILES = "R0008" "no-files", "A pattern of the project file matches no file.", "Correct the pattern, or create the file.";
    BAD_QUANTITY = "R0101" "bad-quantity", "A number, its suffix or a duration cannot be read.", "Write `80%`, `5GiB`, `200ms`, `5m`, `100/s` or a plain number.";
    BAD_BOUND = "R0102" "bad-bound", "A bound cannot be read.", "Write `OP NUMBER`, optionally followed by `for DURATION`: `> 80% for 5m`.";
    BAD_SELECTOR = "R0103" "bad-selector", "A selection of series cannot be read.", "Write `metric_name` or `metric_name{label=\"value\"}`.";
    BAD_WINDOW = "R0104" "bad-window", "A window of time cannot be read or can never be open.", "Write days, `hours: 02:00-03:00` and an IANA `zone`.";
    BAD_NAME = "R0105" "bad-name", "A name has characters that some output cannot carry.", "Use letters, digits, `_` and, where allowed, `-`.";
    SECRET_LITERAL = "R0106" "secret-literal", "A secret stands in the spec, where everyone with access to the repository reads it.", "Put the secret into a file on the Alertmanager host and name that file with the `…_file` key.";
    UNKNOWN_METRIC = "R0201" "unknown-metric", "No catalog knows this metric, so no exporter sends it and the rule could never fire.", "Correct the name, or add the metric to a catalog.";
    UNKNOWN_LABEL = "R0202" "unknown-label", "The metric never carries this label.", "Use one of the labels named in the message.";
    UNKNOWN_SIGNAL = "R0203" "unknown-signal", "No signal has this name.", "Define the signal, or take in the pack that has it with `use`.";
    UNKNOWN_SEVERITY = "R0204" "unknown-severity", "No severity has this name.", "Define it under `severities`.";
    UNKNOWN_RECEIVER = "R0205" "unknown-receiver", "No receiver has this name.", "Define it under `receivers`.";
    UNKNOWN_WINDOW = "R0206" "unknown-window", "No window has this name.", "Define it under `windows`.";
    UNKNOWN_PACK = "R0207" "unknown-pack", "The library has no pack of this name.", "Correct the name, or add the pack to the library folder.";
    DUPLICATE_NAME = "R0208" "duplicate-name", "Two things that must be told apart have one name.", "Rename one of them.";
    WRONG_UNIT = "R0301" "wrong-unit", "The unit of a bound does not fit the unit of its signal.", "Write the bound in the unit of the signal.";
    WRONG_TYPE = "R0302" "wrong-type", "The metric is of a type for which the constructor makes no sense.", "Use `rate` or `increase` for counters, `value` for gauges.";
    MIXED_UNITS = "R0303" "mixed-units", "Quantities of different units are added or divided into a share.", "Use metrics of one unit.";
    LABELS_DIFFER = "R0304" "labels-differ", "Two sides are joined that never carry the same labels, so the result is always empty.", "Join metrics with the same labels.";
}
