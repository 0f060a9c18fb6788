"""From a measure's definition to its values: by period and group, with size, doubt and status.

Where a dataset is one whose small counts are hidden, every value here is worked out of counts that went through the
policy first: a share of what is shown, never of what is counted (`release.Policy`). What a share is of is rounded once,
and given only where neither those that count nor the others are hidden, so that nothing hidden can be had by
subtraction. Groups never overlap and are given without their whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from redway import periods
from redway.errors import NotSetUp
from redway.indicators.coverage import Coverage, coverage
from redway.indicators.definitions import Indicator
from redway.indicators.measure import COUNTS, Group, Measure
from redway.indicators.peopled import people
from redway.indicators.places import Places
from redway.indicators.release import Policy
from redway.indicators.series import Status
from redway.indicators.tallies import YEAR, Tallies, Tally, period_of, tallies
from redway.methods.comparison import proportion, ratio
from redway.methods.comparison.proportion import Difference, Share
from redway.store.snapshot import Snapshot

FEWEST_ANSWERS = 30  # a survey's share of fewer is not given
ALL = ""  # the group of everybody
BYAR = 5  # a rate of fewer events is given as a count alone


@dataclass(frozen=True)
class Value:
    """One figure. `value`, `low` and `high` are as `Measure.per` says, None where they are not given.

    hits, base  what it is a share or rate of: counts as they may be shown; None where hidden or without meaning
    unknown     rows that could not be judged either way, as they may be shown; None where hidden or none
    median      of a clock of dates: days
    why         why there is no value, in a word for the reader; empty where there is one
    below       of a sum that is shown as it is: how many of the numbers in it are below zero
    """

    period: str
    group: str
    status: Status
    value: float | None = None
    low: float | None = None
    high: float | None = None
    hits: float | None = None
    base: float | None = None
    unknown: float | None = None
    median: float | None = None
    why: str = ""
    below: int = 0


@dataclass(frozen=True)
class Measured:
    """All values of one indicator, oldest period first; in each, everybody first and then its groups in order.

    changes  of shares: group, period before, newest period, and the difference and whether it is one
    rounded_to  what counts were rounded to before anything was worked out of them; 1 for exact ones
    """

    indicator: str
    values: tuple[Value, ...]
    periods: tuple[str, ...]
    groups: tuple[str, ...]
    changes: tuple[tuple[str, str, str, Difference], ...] = ()
    missing: tuple[tuple[str, tuple[str, ...]], ...] = ()
    rounded_to: int = 1

    def of(self, period: str, group: str = ALL) -> Value | None:
        return next((v for v in self.values if (v.period, v.group) == (period, group)), None)

    @property
    def latest(self) -> str:
        """The newest period with a value; empty where none has one."""
        return next((v.period for v in reversed(self.values) if v.value is not None), "")


def measured(
    indicator: Indicator, snapshot: Snapshot, where: Places, police_force: str, policy: Policy | None = None
) -> Measured:
    """Every value of an indicator that measures. `policy` hides and rounds counts; without one they are exact.

    Raises NotSetUp before anything has come that it can be worked out of.
    """
    measure = indicator.measure
    if measure is None:
        raise NotSetUp("an indicator that measures something", came=f"“{indicator.id}”")
    measure = _here(measure, where)
    own = measure.by == "own" or bool(measure.wave)
    covered = None if own else coverage(snapshot, measure.dataset, police_force)
    last = max(covered.known, default=None) if covered else None
    if not snapshot.has(measure.dataset):
        coverage(snapshot, measure.dataset, police_force)  # raises: says what to do
    found = tallies(snapshot, measure, last)
    covered = covered or _told(found, snapshot, measure.dataset)
    if not found.values:
        raise NotSetUp(
            f"rows of {measure.dataset} that “{indicator.title}” can be worked out of",
            came=f"none in data version {snapshot.number}",
            cause="what was sent holds other things. The page of the dataset says what is needed.",
        )
    labels = _labels(measure, covered, found, last)
    groups = measure.groups if _parted_only(measure, policy) else (None, *measure.groups)
    shown = [
        _value(measure, found, label, group, _status(measure, covered, label), snapshot, where, policy)
        for label in labels
        for group in groups
    ]
    gaps = {label: _missing(covered, label) for label in labels}
    return Measured(
        indicator.id,
        tuple(shown),
        labels,
        tuple(g.label if g else ALL for g in groups),
        _changes(measure, found, [p for p in labels if _status(measure, covered, p) is Status.KNOWN], policy),
        tuple((label, who) for label, who in gaps.items() if who),
        policy.round_to if policy else 1,
    )


def _parted_only(measure: Measure, policy: Policy | None) -> bool:
    """Whether only groups are given and not everybody.

    Of things that overlap or compare there is no whole; and where small counts are hidden, a whole beside its parts
    could give one away.
    """
    compares = measure.overlap or measure.kind in ("rate-ratio", "risk-ratio", "gap", "histogram")
    return bool(measure.groups) and (compares or (policy is not None and measure.kind != "survey"))


def _here(measure: Measure, where: Places) -> Measure:
    """With the partnership's own codes in place of {district} and {partnership}, and of its small areas alone."""
    given = measure.model_dump_json()
    here = given.replace("{district}", where.partnership.code).replace("{partnership}", where.safety_partnership)
    found = measure if here == given else Measure.model_validate_json(here)
    if not found.area:
        return found
    rows = found.rows.model_copy(update={"where": found.rows.where | {found.area: sorted(where.area_of)}})
    return found.model_copy(update={"rows": rows})


def _told(found: Tallies, snapshot: Snapshot, dataset: str) -> Coverage:
    """What is known of what was sent under periods of its own: by those who send this, whatever others send."""
    every = periods.span({m for months in found.sent.values() for m in months})
    late: dict[int, tuple[str, ...]] = {}
    for (name, agency), labels in sorted(snapshot.late.items()):
        for month in (m for label in labels for m in periods.months_of(label)):
            if name == dataset and agency in found.sent and month not in found.sent[agency]:
                late[month] = (*late.get(month, ()), agency)
    gaps = {
        m: tuple(w for w, months in sorted(found.sent.items()) if months and m >= min(months) and m not in months)
        for m in every
    }
    gaps = late | {m: who for m, who in gaps.items() if who}
    return Coverage(frozenset(m for m in every if m not in gaps), late, gaps)


def _labels(measure: Measure, covered: Coverage, found: Tallies, last: int | None) -> tuple[str, ...]:
    """Every period from the first to the last, those without a value too; of waves, those that came."""
    if measure.wave or measure.by == "own":
        shown = {group.label for group in measure.groups}
        own = {t.period for t in found.values if not (measure.overlap and shown) or t.group in shown}
        return tuple(sorted(own, key=lambda label: (_ends(label), label)))
    every = dict.fromkeys(period_of(m, measure.by, last) for m in covered.months)
    # One that began before anything was sent, or is not over, is no gap: it is left out until it is whole.
    return tuple(p for p in every if covered.known.issuperset(_months(p)) or covered.gaps.keys() & set(_months(p)))


def _ends(label: str) -> int:
    try:
        return periods.months_of(label)[-1]
    except ValueError:
        return 0


def _months(label: str) -> Sequence[int]:
    try:
        return periods.months_of(label)
    except ValueError:
        return ()


def _status(measure: Measure, covered: Coverage, label: str) -> Status:
    """A wave is known when it came; any other period when everybody sent all of it."""
    return Status.KNOWN if measure.wave else covered.status(_months(label))


def _missing(covered: Coverage, label: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(who for m in _months(label) for who in covered.gaps.get(m, ())))


def _value(
    measure: Measure,
    found: Tallies,
    period: str,
    group: Group | None,
    status: Status,
    snapshot: Snapshot,
    where: Places,
    policy: Policy | None,
) -> Value:
    name = group.label if group else ALL
    empty = Value(period, name, status)
    if status is not Status.KNOWN:
        return empty
    tally = found.of(period, name)
    if group and measure.group in measure.known:  # whose group is not known is in none: they stand beside every one
        tally = replace(tally, unknown=found.of(period, ALL).unknown)
    if measure.kind == "sum" and group and not found.tells_of(period, name):
        return replace(empty, status=Status.NOT_AVAILABLE)  # a number that nobody stated is not nought
    if measure.amount and tally.unknown and not tally.hits:
        return replace(empty, status=Status.NOT_AVAILABLE)
    if measure.kind == "survey":
        return _survey(empty, tally, policy, measure.per)
    if measure.kind == "gap":
        return _gap(empty, tally, found.of(period, measure.reference), policy, name == measure.reference, measure.per)
    if measure.by_band:
        return _bands(empty, measure, found, period, policy)
    reference = next((g for g in measure.groups if g.label == measure.reference), None)
    one = _counted(empty, measure, tally, policy)
    if measure.kind in (*COUNTS, "share", "ratio", "clock") or one.hits is None:
        return one
    if measure.kind == "risk-ratio":
        other = _counted(empty, measure, found.of(period, measure.reference), policy)
        return _risk_ratio(one, other, name == measure.reference)
    base = people(snapshot, measure, group, where)
    if not base:
        return replace(one, why="no-base")
    if measure.kind == "rate":
        return _rate(replace(one, base=base), measure.per)
    other = _counted(empty, measure, found.of(period, measure.reference), policy)
    return _rate_ratio(
        replace(one, base=base), other, people(snapshot, measure, reference, where), name == measure.reference
    )


def as_shown(count: float, policy: Policy | None) -> float | None:
    """A count as the policy lets it be shown: None where it hides it."""
    if policy is None or count != round(count):
        return count
    return policy.shown(count).value


def _counted(empty: Value, measure: Measure, tally: Tally, policy: Policy | None) -> Value:
    """A count, a sum, a share, a clock; of a rate or ratio what it is made of. Shares are of what is shown.

    What is shown are the hits, all that could be judged, and the unknown: the first two only where the rest, the
    misses, could be shown too.
    """
    hits = as_shown(tally.hits, policy)
    unknown = as_shown(tally.unknown, policy) if tally.unknown else None
    if measure.kind in (*COUNTS, "rate", "rate-ratio"):
        if hits is None:
            return replace(empty, status=Status.SUPPRESSED)
        below = tally.below if policy is None else 0
        return replace(empty, value=hits if measure.kind in COUNTS else None, hits=hits, unknown=unknown, below=below)
    if tally.base <= 0:
        return replace(empty, base=0, unknown=unknown, why="no-base")
    misses = as_shown(tally.base - tally.hits, policy) if measure.percentage else 0
    if hits is None or misses is None:
        return replace(empty, status=Status.SUPPRESSED)
    if not measure.percentage:
        base = as_shown(tally.base, policy)
        if not base:
            return replace(empty, status=Status.SUPPRESSED)
        return replace(empty, value=measure.per * hits / base, hits=hits, base=base, unknown=unknown)
    base = as_shown(tally.base, policy)
    if not base:
        return replace(empty, status=Status.SUPPRESSED)
    share = proportion.share(hits, base)
    return replace(_as_share(empty, share, measure.per), hits=hits, base=base, unknown=unknown, median=tally.median)


def _as_share(empty: Value, share: Share, per: int) -> Value:
    return replace(empty, value=per * share.value, low=per * share.low, high=per * share.high)


def answers(tally: Tally, policy: Policy | None) -> Share | None:
    """The weighted share of a survey; None for fewer answers than can be told of, or a count that is hidden."""
    if tally.base < FEWEST_ANSWERS or tally.weights <= 0:
        return None
    if policy is not None and (policy.hides(tally.hits) or policy.hides(tally.base - tally.hits)):
        return None
    return proportion.weighted(tally.weights_hit, tally.weights, tally.squares, int(tally.base))


def _survey(empty: Value, tally: Tally, policy: Policy | None, per: int) -> Value:
    base = as_shown(tally.base, policy)
    if tally.base < FEWEST_ANSWERS:
        return replace(empty, base=base, why="few-answers")
    share = answers(tally, policy)
    if share is None:
        return replace(empty, status=Status.SUPPRESSED, base=base)
    # Of a weighted share no whole per cent gives a count away; of a plain one a tenth might.
    share = share if policy is None else replace(share, value=round(share.value, 2))
    return replace(_as_share(empty, share, per), base=base)


def _gap(empty: Value, tally: Tally, other: Tally, policy: Policy | None, reference: bool, per: int) -> Value:
    """The share of a group, with how far it lies from the reference group's."""
    mine, theirs = answers(tally, policy), answers(other, policy)
    if mine is None or theirs is None:
        return _survey(empty, tally, policy, per)
    base = as_shown(tally.base, policy)
    if reference:
        return replace(empty, value=0.0, low=0.0, high=0.0, base=base)
    gap = proportion.difference(theirs, mine)
    return replace(empty, value=per * gap.value, low=per * gap.low, high=per * gap.high, base=base)


def _bands(empty: Value, measure: Measure, found: Tallies, period: str, policy: Policy | None) -> Value:
    """The share within a time of counts by band, and the band in which the middle one lies, by interpolation."""
    order = [g.label for g in measure.groups]
    counts = [found.of(period, label).hits for label in order]
    if empty.group:
        hits = as_shown(counts[order.index(empty.group)], policy)
        return replace(empty, value=None, hits=hits, status=Status.KNOWN if hits is not None else Status.SUPPRESSED)
    in_time = sum(counts[: order.index(measure.by_band) + 1])
    tally = Tally(period, ALL, sum(counts), in_time)
    return _counted(empty, replace_kind(measure), tally, policy)


def replace_kind(measure: Measure) -> Measure:
    return measure.model_copy(update={"kind": "share"})


def _rate(one: Value, per: int) -> Value:
    if one.hits is None or not one.base:
        return one
    found = ratio.rate(one.hits, one.base, per=per)
    return replace(one, value=found.value, low=found.low, high=found.high)


def _rate_ratio(one: Value, other: Value, other_base: float | None, reference: bool) -> Value:
    if reference:
        return replace(one, value=1.0, low=1.0, high=1.0)
    if one.hits is None or other.hits is None or not one.base or not other_base:
        return replace(one, value=None, status=Status.SUPPRESSED if other.hits is None else one.status)
    return _ratio_value(one, ratio.rate_ratio(one.hits, one.base, other.hits, other_base))


def _risk_ratio(one: Value, other: Value, reference: bool) -> Value:
    if reference and one.value is not None:
        return replace(one, value=1.0, low=1.0, high=1.0)
    if one.hits is None or other.hits is None or not one.base or not other.base:
        return replace(one, value=None, low=None, high=None, status=Status.SUPPRESSED)
    return _ratio_value(one, ratio.risk_ratio(one.hits, one.base, other.hits, other.base))


def _ratio_value(one: Value, found: ratio.Ratio | None) -> Value:
    if found is None:
        return replace(one, value=None, low=None, high=None, why="no-ratio")
    return replace(one, value=found.value, low=found.low, high=found.high)


def _changes(
    measure: Measure, found: Tallies, labels: Sequence[str], policy: Policy | None
) -> tuple[tuple[str, str, str, Difference], ...]:
    """Of shares: how the newest known period differs from the one before it, for everybody and each group; of months
    and quarters also from the same one a year before.

    Both have to have a value: a period that is withheld or too small is not passed over in silence.
    """
    if len(labels) < 2 or measure.kind not in ("survey", "share"):
        return ()
    after = labels[-1]
    year_before = [label for label in labels[:-2] if _is_year_before(label, after)]
    result = []
    for name in (ALL, *(g.label for g in measure.groups)):
        for before in (labels[-2], *year_before):
            first, second = (_share(measure, found.of(label, name), policy) for label in (before, after))
            if first and second:
                result.append((name, before, after, proportion.difference(first, second)))
    return tuple(result)


def _is_year_before(label: str, after: str) -> bool:
    """Whether a month or quarter is the same one of the year before."""
    months = _months(after)
    return 0 < len(months) < YEAR and list(_months(label)) == [m - YEAR for m in months]


def _share(measure: Measure, tally: Tally, policy: Policy | None) -> Share | None:
    if measure.kind == "survey":
        return answers(tally, policy)
    hits, misses = as_shown(tally.hits, policy), as_shown(tally.base - tally.hits, policy)
    base = as_shown(tally.base, policy)
    return proportion.share(hits, base) if hits is not None and misses is not None and base else None
