//! From a constructor as written to a typed signal: metric types, units, ranges and label sets from the catalog.

use super::signal::{Guard, Kind, Signal, Window};
use super::{Lowering, bound};
use crate::catalog::{Metric, Range, Type};
use crate::diagnostic::{
    BAD_QUANTITY, BAD_SELECTOR, LABELS_DIFFER, MIXED_UNITS, Problem, UNKNOWN_LABEL, UNKNOWN_METRIC, WRONG_SHAPE,
    WRONG_TYPE, did_you_mean,
};
use crate::promql::{self, Amount, Matcher, Selector};
use crate::spec::{At, Constructor, ShareOf, SignalSpec};
use crate::units::{Base, Duration, Unit};
use std::collections::BTreeSet;

/// Labels that every series has because the scrape sets them.
const SCRAPE: [&str; 2] = ["instance", "job"];

/// What typing a signal needs to know of its service.
pub(super) struct Scope<'a> {
    pub(super) prefix: &'a str,
    pub(super) select: &'a [Matcher],
}

/// The type of a constructed quantity.
struct Typed {
    kind: Kind,
    unit: Unit,
    range: Range,
    labels: BTreeSet<String>,
}

pub(super) fn signal(spec: &SignalSpec, scope: &Scope<'_>, lowering: &mut Lowering<'_>) -> Option<Signal> {
    let mut typing = Typing { filter: Vec::new(), scope, spec, lowering };
    if let Some(filter) = &spec.filter {
        typing.filter = typing.matchers(filter)?;
    }
    let typed = typing.construct()?;
    typing.nothing_ignored(&typed.kind);
    let guards: Vec<Option<Guard>> = spec.when.iter().map(|text| typing.guard(text, &typed.labels)).collect();
    let title = spec.title.as_ref().map_or_else(|| spec.name.value.replace('_', " "), |t| t.value.clone());
    Some(Signal {
        key: format!("{}{}", scope.prefix, spec.name.value),
        span: spec.name.span,
        about: spec.about.as_ref().map_or_else(|| typing.help(&typed.kind), |a| a.value.trim().to_owned()),
        title,
        kind: typed.kind,
        unit: typed.unit,
        range: typed.range,
        labels: typed.labels,
        guards: guards.into_iter().collect::<Option<Vec<_>>>()?,
    })
}

struct Typing<'a, 'l, 'p> {
    filter: Vec<Matcher>,
    scope: &'a Scope<'a>,
    spec: &'a SignalSpec,
    lowering: &'l mut Lowering<'p>,
}

impl Typing<'_, '_, '_> {
    /// A refinement that the constructor does not know would be lost in silence.
    fn nothing_ignored(&mut self, kind: &Kind) {
        let by = self.spec.by.first().filter(|_| !matches!(kind, Kind::Ratio { .. }));
        let over = self.spec.over.as_ref().filter(|_| kind.window().is_none());
        for (key, at) in [("by", by), ("over", over)] {
            if let Some(at) = at {
                let message = format!("`{key}` means nothing for a signal of this kind");
                self.lowering.push(Problem::error(&WRONG_SHAPE, at.span, message).help("leave it out"));
            }
        }
    }

    /// What the catalog says about the first metric, for signals that do not speak for themselves.
    fn help(&self, kind: &Kind) -> String {
        let first = kind.selectors().first().and_then(|s| self.lowering.catalog.get(&s.metric));
        first.map(|metric| metric.help.clone()).unwrap_or_default()
    }

    fn construct(&mut self) -> Option<Typed> {
        let minutes = |n: u64| Duration::seconds(n * 60);
        match &self.spec.constructor {
            Constructor::Value(text) => self.instant(text, Kind::Value),
            Constructor::Magnitude(text) => {
                let typed = self.instant(text, Kind::Magnitude)?;
                Some(Typed { range: Range::NOT_NEGATIVE, ..typed })
            }
            Constructor::Age(text) => self.age(text),
            Constructor::Absent(text) => self.absent(text),
            Constructor::Rate(text) => {
                let over = self.window(minutes(5))?;
                let (of, metric) = self.counter(text, "rate")?;
                let unit = metric.unit.per_second();
                Some(Typed {
                    unit,
                    range: Range::NOT_NEGATIVE,
                    labels: self.labels(&metric),
                    kind: Kind::Rate { of, over },
                })
            }
            Constructor::Increase(text) => {
                let over = self.window(minutes(60))?;
                let (of, metric) = self.counter(text, "increase")?;
                let labels = self.labels(&metric);
                Some(Typed { unit: metric.unit, range: Range::NOT_NEGATIVE, labels, kind: Kind::Increase { of, over } })
            }
            Constructor::Ratio { part, whole } => self.ratio(part, whole),
            Constructor::Share { part: ShareOf::Used(part), whole } => self.share(false, part, whole),
            Constructor::Share { part: ShareOf::Free(part), whole } => self.share(true, part, whole),
            Constructor::Forecast { of, ahead } => {
                let over = self.window(minutes(360))?;
                let ahead = self.duration(ahead)?;
                let typed = self.instant(of, Kind::Value)?;
                let Kind::Value(of) = typed.kind else { return None };
                Some(Typed { range: Range::ANY, kind: Kind::Forecast { of, over, ahead }, ..typed })
            }
        }
    }

    fn instant(&mut self, text: &At<String>, kind: fn(Selector) -> Kind) -> Option<Typed> {
        let (selector, metric) = self.selector(text)?;
        self.not_counter(text, &selector, &metric)?;
        let (unit, range, labels) = (metric.unit, metric.range, self.labels(&metric));
        Some(Typed { kind: kind(selector), unit, range, labels })
    }

    fn not_counter(&mut self, text: &At<String>, selector: &Selector, metric: &Metric) -> Option<()> {
        let advice = match metric.kind {
            Type::Gauge | Type::Untyped => return Some(()),
            Type::Counter => "a counter only grows, so its value says nothing: use `rate`, `increase` or `ratio`",
            Type::Histogram | Type::Summary => "its base name has no series of its own",
        };
        self.wrong_type(text, selector, metric, advice);
        None
    }

    fn wrong_type(&mut self, text: &At<String>, selector: &Selector, metric: &Metric, advice: &str) {
        let message = format!("`{}` is a {}", selector.metric, metric.kind.name());
        self.lowering.push(Problem::error(&WRONG_TYPE, text.part(selector.at.clone()), message).help(advice));
    }

    fn counter(&mut self, text: &At<String>, what: &str) -> Option<(Selector, Metric)> {
        let (selector, metric) = self.selector(text)?;
        if matches!(metric.kind, Type::Counter | Type::Untyped) {
            return Some((selector, metric));
        }
        self.wrong_type(
            text,
            &selector,
            &metric,
            &format!("`{what}` needs a counter; use `value` for a {}", metric.kind.name()),
        );
        None
    }

    fn age(&mut self, text: &At<String>) -> Option<Typed> {
        let (selector, metric) = self.selector(text)?;
        if metric.unit.base != Base::Timestamp {
            let message = format!("`{}` is not a time stamp but {}", selector.metric, metric.unit.describe());
            self.lowering.push(Problem::error(&WRONG_TYPE, text.part(selector.at), message));
            return None;
        }
        let labels = self.labels(&metric);
        Some(Typed { kind: Kind::Age(selector), unit: Unit::of(Base::Seconds), range: Range::ANY, labels })
    }

    /// `absent` knows no series, so its result carries only what the selector states.
    fn absent(&mut self, text: &At<String>) -> Option<Typed> {
        let (selector, _) = self.selector(text)?;
        let stated = selector.matchers.iter().chain(self.scope.select).filter(|m| m.op == promql::Op::Equal);
        let labels = stated.map(|m| m.label.clone()).collect();
        Some(Typed { kind: Kind::Absent(selector), unit: Unit::of(Base::Bool), range: Range::UNIT, labels })
    }

    fn ratio(&mut self, part: &At<String>, whole: &At<String>) -> Option<Typed> {
        let over = self.window(Duration::seconds(300))?;
        let (part_of, one) = self.counter(part, "ratio")?;
        let (whole_of, other) = self.counter(whole, "ratio")?;
        self.same_unit(whole, &one, &other)?;
        let mut labels = self.scrape_labels();
        for label in &self.spec.by {
            if !one.labels.contains(&label.value) || !other.labels.contains(&label.value) {
                self.unknown_label(label.span, &label.value, &part_of.metric, &one);
                return None;
            }
            labels.insert(label.value.clone());
        }
        let by = labels.iter().cloned().collect();
        let kind = Kind::Ratio { part: part_of, whole: whole_of, by, over };
        Some(Typed { kind, unit: Unit::of(Base::Ratio), range: Range::UNIT, labels })
    }

    fn share(&mut self, free: bool, part: &At<String>, whole: &At<String>) -> Option<Typed> {
        let (part_of, one) = self.amount(part)?;
        let (whole_of, other) = self.amount(whole)?;
        self.same_unit(whole, &one, &other)?;
        self.same_labels(whole, &one, &other)?;
        let labels = self.labels(&one);
        let kind = Kind::Share { free, part: part_of, whole: whole_of };
        Some(Typed { kind, unit: Unit::of(Base::Ratio), range: Range::UNIT, labels })
    }

    fn amount(&mut self, text: &At<String>) -> Option<(Amount, Metric)> {
        let mut amount = match promql::parse_amount(&text.value) {
            Ok(amount) => amount,
            Err(failure) => return self.bad_selector(text, failure),
        };
        let mut first: Option<Metric> = None;
        for term in &mut amount {
            let metric = self.complete(text, &mut term.selector)?;
            self.not_counter(text, &term.selector, &metric)?;
            if let Some(first) = &first {
                self.same_unit(text, first, &metric)?;
                self.same_labels(text, first, &metric)?;
            }
            first.get_or_insert(metric);
        }
        Some((amount, first?))
    }

    fn same_unit(&mut self, text: &At<String>, one: &Metric, other: &Metric) -> Option<()> {
        if one.unit == other.unit {
            return Some(());
        }
        let message = format!("{} and {} cannot be combined", one.unit.describe(), other.unit.describe());
        self.lowering.push(Problem::error(&MIXED_UNITS, text.span, message));
        None
    }

    fn same_labels(&mut self, text: &At<String>, one: &Metric, other: &Metric) -> Option<()> {
        let sorted = |m: &Metric| m.labels.iter().cloned().collect::<BTreeSet<_>>();
        if sorted(one) == sorted(other) {
            return Some(());
        }
        let list = |m: &Metric| if m.labels.is_empty() { "none".to_owned() } else { m.labels.join(", ") };
        let message = format!("series with the labels {} never meet series with the labels {}", list(one), list(other));
        self.lowering.push(Problem::error(&LABELS_DIFFER, text.span, message));
        None
    }

    fn guard(&mut self, text: &At<String>, labels: &BTreeSet<String>) -> Option<Guard> {
        let (mut selector, rest) = match promql::parse_condition(&text.value) {
            Ok(condition) => condition,
            Err(failure) => return self.bad_selector(text, failure),
        };
        let metric = self.complete(text, &mut selector)?;
        let condition = At { value: text.value.get(rest.clone())?.to_owned(), span: text.part(rest) };
        let (op, bound) = bound::comparison(&condition, metric.unit, "the condition", self.lowering)?;
        let own = self.labels(&metric);
        let on = (&own != labels).then(|| own.intersection(labels).cloned().collect::<Vec<_>>());
        Some(Guard { selector, op, bound, on })
    }

    fn selector(&mut self, text: &At<String>) -> Option<(Selector, Metric)> {
        match promql::parse_selector(&text.value) {
            Ok(mut selector) => {
                let metric = self.complete(text, &mut selector)?;
                Some((selector, metric))
            }
            Err(failure) => self.bad_selector(text, failure),
        }
    }

    fn matchers(&mut self, text: &At<String>) -> Option<Vec<Matcher>> {
        promql::parse_matchers(&text.value).or_else(|failure| self.bad_selector(text, failure).ok_or(())).ok()
    }

    fn bad_selector<T>(&mut self, text: &At<String>, (at, message): promql::Failure) -> Option<T> {
        self.lowering.push(Problem::error(&BAD_SELECTOR, text.part(at), message));
        None
    }

    /// Looks the metric up, checks the labels that were written, and adds the signal's filter.
    fn complete(&mut self, text: &At<String>, selector: &mut Selector) -> Option<Metric> {
        let Some(metric) = self.lowering.catalog.get(&selector.metric).cloned() else {
            let help = did_you_mean(&selector.metric, self.lowering.catalog.names());
            let message = format!("no exporter sends a metric `{}`", selector.metric);
            let problem = Problem::error(&UNKNOWN_METRIC, text.part(selector.at.clone()), message);
            self.lowering.push(problem.label("in no catalog").maybe_help(help));
            return None;
        };
        if let Some(near) = self.lowering.catalog.nearly(&selector.metric) {
            let message = format!("`{}` is known by a pattern only, and close to a listed name", selector.metric);
            let problem = Problem::warning(&UNKNOWN_METRIC, text.part(selector.at.clone()), message);
            self.lowering.push(problem.help(format!("did you mean `{near}`?")));
        }
        let known = self.labels(&metric);
        for matcher in &selector.matchers {
            if !known.contains(&matcher.label) {
                self.unknown_label(text.part(matcher.at.clone()), &matcher.label, &selector.metric, &metric);
                return None;
            }
        }
        if let (Some(filter), Some(unknown)) =
            (&self.spec.filter, self.filter.iter().find(|m| !known.contains(&m.label)))
        {
            let (at, label) = (filter.part(unknown.at.clone()), unknown.label.clone());
            self.unknown_label(at, &label, &selector.metric, &metric);
            return None;
        }
        selector.matchers.extend(self.filter.iter().cloned());
        Some(metric)
    }

    fn unknown_label(&mut self, span: crate::diagnostic::Span, label: &str, name: &str, metric: &Metric) {
        let known = self.labels(metric);
        let list: Vec<String> = known.iter().map(|l| format!("`{l}`")).collect();
        let help = did_you_mean(label, known.iter().map(String::as_str));
        let help = help.unwrap_or_else(|| format!("its labels are {}", list.join(", ")));
        let message = format!("`{name}` has no label `{label}`");
        self.lowering.push(Problem::error(&UNKNOWN_LABEL, span, message).help(help));
    }

    fn scrape_labels(&self) -> BTreeSet<String> {
        let select = self.scope.select.iter().map(|m| m.label.clone());
        SCRAPE.iter().map(|l| (*l).to_owned()).chain(select).collect()
    }

    fn labels(&self, metric: &Metric) -> BTreeSet<String> {
        let mut labels = self.scrape_labels();
        labels.extend(metric.labels.iter().cloned());
        labels
    }

    fn window(&mut self, otherwise: Duration) -> Option<Window> {
        match &self.spec.over {
            None => Some(Window { length: otherwise, span: self.spec.name.span }),
            Some(over) => Some(Window { length: self.duration(over)?, span: over.span }),
        }
    }

    fn duration(&mut self, text: &At<String>) -> Option<Duration> {
        Duration::parse(&text.value)
            .map_err(|message| self.lowering.push(Problem::error(&BAD_QUANTITY, text.span, message)))
            .ok()
    }
}
