//! Expressions as text.

use super::{Binary, Expr, Matcher, RangeOf};
use std::fmt::{self, Display, Formatter};

/// Wider than this, the conditions of an alert go on lines of their own.
const WIDE: usize = 90;

impl Binary {
    /// How tightly an operator binds; PromQL has no two operators of one level that could be confused by us.
    fn level(self) -> u8 {
        match self {
            Self::And => 2,
            Self::Compare(_) => 3,
            Self::Add | Self::Subtract => 4,
            Self::Divide => 5,
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Compare(compare) => compare.symbol(),
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Divide => "/",
        }
    }
}

impl Expr {
    fn level(&self) -> u8 {
        match self {
            Self::Binary { op, .. } => op.level(),
            _ => u8::MAX,
        }
    }

    /// The expression for a file that people read: what does not fit on a line is broken before its operators.
    pub(crate) fn pretty(&self) -> String {
        let line = self.to_string();
        let Self::Binary { op, left, right, on } = self else { return line };
        if line.len() <= WIDE {
            return line;
        }
        let line_break = !matches!((&**left, &**right), (Self::Number(_), _) | (_, Self::Number(_)));
        let (left_wrapped, right_wrapped) = wrapped(*op, left, right);
        let side = |expr: &Self, wrapped: bool| {
            let text = expr.pretty();
            match (wrapped, text.contains('\n')) {
                (false, _) => text,
                (true, false) => format!("({text})"),
                (true, true) => format!("(\n  {}\n)", text.replace('\n', "\n  ")),
            }
        };
        let (left, right) = (side(left, left_wrapped), side(right, right_wrapped));
        // A lone number stays with what it is compared to.
        let gap = if line_break { "\n" } else { " " };
        format!("{left}{gap}{}{} {right}", op.symbol(), Matching(on.as_deref()))
    }
}

/// Which sides of an operator need parentheses. Operators group to the left, so the right side does already at the same
/// level; a comparison of a comparison is legal and hard to read, so it gets them on both sides.
fn wrapped(op: Binary, left: &Expr, right: &Expr) -> (bool, bool) {
    let both = matches!(op, Binary::Compare(_));
    (left.level() < op.level() || (both && left.level() == op.level()), right.level() <= op.level())
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Select { name, matchers, range } => {
                f.write_str(name)?;
                write_matchers(f, matchers)?;
                match range {
                    None => Ok(()),
                    Some(RangeOf::Fixed(duration)) => write!(f, "[{duration}]"),
                    Some(RangeOf::Screen) => f.write_str("[$__rate_interval]"),
                }
            }
            Self::Call { function, arguments } => {
                let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
                write!(f, "{function}({})", arguments.join(", "))
            }
            Self::Aggregate { function, by, of } if by.is_empty() => write!(f, "{function}({of})"),
            Self::Aggregate { function, by, of } => write!(f, "{function} by ({}) ({of})", by.join(", ")),
            Self::Binary { op, left, right, on } => {
                let (left_wrapped, right_wrapped) = wrapped(*op, left, right);
                let (left, right) = (Operand(left, left_wrapped), Operand(right, right_wrapped));
                write!(f, "{left} {}{} {right}", op.symbol(), Matching(on.as_deref()))
            }
        }
    }
}

struct Operand<'a>(&'a Expr, bool);

impl Display for Operand<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.1 { write!(f, "({})", self.0) } else { write!(f, "{}", self.0) }
    }
}

struct Matching<'a>(Option<&'a [String]>);

impl Display for Matching<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |labels| write!(f, " on ({})", labels.join(", ")))
    }
}

fn write_matchers(f: &mut Formatter<'_>, matchers: &[Matcher]) -> fmt::Result {
    if matchers.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = matchers.iter().map(ToString::to_string).collect();
    write!(f, "{{{}}}", list.join(","))
}

impl Display for Matcher {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.label, self.op.symbol(), quoted(&self.value))
    }
}

/// A string literal as PromQL and Alertmanager read it.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::super::Compare;
    use super::*;

    fn name(name: &str) -> Expr {
        Expr::Select { name: name.to_owned(), matchers: Vec::new(), range: None }
    }

    fn op(op: Binary, left: Expr, right: Expr) -> Expr {
        Expr::binary(op, left, right)
    }

    #[test]
    fn parentheses_stand_where_the_meaning_needs_them() {
        use Binary::{Add, And, Divide, Subtract};
        let (a, b, c) = (|| name("a"), || name("b"), || name("c"));
        for (expr, text) in [
            (op(Divide, op(Add, a(), b()), c()), "(a + b) / c"),
            (op(Add, op(Divide, a(), b()), c()), "a / b + c"),
            (op(Divide, a(), op(Divide, b(), c())), "a / (b / c)"),
            (op(Subtract, a(), op(Subtract, b(), c())), "a - (b - c)"),
            (op(Subtract, op(Subtract, a(), b()), c()), "a - b - c"),
            (op(Divide, a(), op(Add, b(), c())), "a / (b + c)"),
            (op(And, a(), op(And, b(), c())), "a and (b and c)"),
            (op(Add, a(), b()).compare(Compare::Greater, 1.0), "a + b > 1"),
            (op(Add, a(), b().compare(Compare::Greater, 1.0)), "a + (b > 1)"),
            (a().compare(Compare::Greater, 1.0).compare(Compare::Less, 3.0), "(a > 1) < 3"),
        ] {
            assert_eq!(expr.to_string(), text);
        }
    }

    #[test]
    fn strings_are_escaped() {
        assert_eq!(quoted("a\"b\\c\nd\u{7}"), "\"a\\\"b\\\\c\\nd\\u0007\"");
    }

    /// What a tree of numbers comes to, and the tree.
    fn random(seed: &mut u64, depth: u32) -> (f64, Expr) {
        let mut draw = |n: u64| {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (*seed >> 33) % n
        };
        if depth == 0 || draw(4) == 0 {
            let number = draw(1000) as f64 / 8.0 + 0.125;
            return (number, Expr::Number(number));
        }
        let which = draw(3);
        let (left, left_expr) = random(seed, depth - 1);
        let (right, right_expr) = random(seed, depth - 1);
        let (value, op) = match which {
            0 => (left + right, Binary::Add),
            1 => (left - right, Binary::Subtract),
            _ => (left / right, Binary::Divide),
        };
        (value, Expr::binary(op, left_expr, right_expr))
    }

    /// Prometheus itself must read every printed tree as the same number: a lost parenthesis would change it.
    #[test]
    fn prometheus_computes_what_was_meant() {
        let mut seed = 7;
        let trees: Vec<(f64, Expr)> = (0..300).map(|_| random(&mut seed, 5)).filter(|(v, _)| v.is_finite()).collect();
        let checks: Vec<serde_json::Value> = trees
            .iter()
            .flat_map(|(value, expr)| [(value, expr.to_string()), (value, expr.pretty())])
            .map(|(value, text)| {
                let sample = serde_json::json!([{ "labels": "{}", "value": value }]);
                serde_json::json!({ "expr": format!("vector({text})"), "eval_time": "0s", "exp_samples": sample })
            })
            .collect();
        let folder = tempfile::tempdir().expect("a folder");
        let file = serde_json::json!({ "rule_files": [], "tests": [{ "interval": "1m", "promql_expr_test": checks }] });
        std::fs::write(folder.path().join("tests.yml"), file.to_string()).expect("write");
        let mut promtool = std::process::Command::new("promtool");
        let run = promtool.args(["test", "rules", "tests.yml"]).current_dir(folder.path()).output().expect("promtool");
        assert!(
            run.status.success(),
            "{}{}",
            String::from_utf8_lossy(&run.stdout),
            String::from_utf8_lossy(&run.stderr)
        );
    }
}
