"""What looks wrong in a partner's return beside those its sender sent before. It may be true, so nothing is refused:
each is a warning in words that a data lead can act on, to be acknowledged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from redway.methods.process_control.outliers import LIMIT, compared, scores
from redway.periods import in_words, months_of
from redway.sources.dataset import Dataset, Facts
from redway.store.snapshot import Part, Snapshot
from redway.work.returns.loading import Staged
from redway.work.returns.models import Submission
from redway.work.returns.report import Warning, rows_in_words

REMEMBERED = 24  # earlier returns to compare with
ENOUGH = 6  # of them, to say what is usual
FEW = 3  # of them, to say that a code is new
MANY_ROWS = 20  # fewer say little of shares
BY_CHANCE = 3.0  # times the square root of what is usual: as far as chance alone takes a count
MANY_MORE = 10  # rows by which a return differs from the last, where too few came to say what is usual
SETTLED = 3  # returns in a row that are all out of keeping: what they have is the usual now
NEARLY_ALWAYS = 0.8  # share of the returns before
MUCH_LESS_COMPLETE = 0.10  # share of rows that became not known
HALF = 0.5  # not known in more than this share is told even of a first return
REPEATED = 0.01
MULTIPLE = 3.0  # times the last return, or a third of it, where too few came to say what is usual
EARLY = 21  # a return of twenty rows or more whose last date is before this day of its last month
LARGE_SHARE = 0.15  # by which one code's share moved


@dataclass(frozen=True)
class Past:
    """An earlier return of the same sender and dataset."""

    period: str
    rows: int
    facts: Facts


def warnings(staged: Sequence[Staged], before: Snapshot) -> tuple[Warning, ...]:
    """Everything that looks wrong in what is about to be accepted, return by return.

    before   what was accepted so far
    """
    found: list[Warning] = []
    for s in staged:
        if s.definition.access != "open":
            found += Looked(s, _past(s, before)).warnings()
            found += _overlapping(s, [p for p in before.parts if p.dataset == s.definition.name])
    for n, s in enumerate(staged):
        found += _overlapping(s, staged[:n])
    return tuple(found)


def _past(s: Staged, before: Snapshot) -> list[Past]:
    """What the newest data version holds of the same sender, other periods than this one, oldest first."""
    parts = [
        p
        for p in before.of(s.definition.name)
        if p.provider == s.loaded.provider and p.period and p.period != s.loaded.period
    ]
    # A label's kind may differ from its neighbour's, so periods are ordered by the months they cover.
    parts = sorted(parts, key=lambda p: months_of(p.period)[-1])[-REMEMBERED:]
    kept = Submission.objects.in_bulk([p.submission for p in parts])
    return [Past(p.period, p.rows, _facts(kept[p.submission].facts)) for p in parts if p.submission in kept]


def _facts(stored: dict[str, Any]) -> Facts:
    return Facts(**stored)


@dataclass(frozen=True)
class Looked:
    """One return beside the earlier ones."""

    staged: Staged
    past: list[Past]

    @property
    def rows(self) -> int:
        return self.staged.loaded.rows_accepted

    @property
    def facts(self) -> Facts:
        return self.staged.loaded.facts

    def warnings(self) -> Iterator[Warning]:
        if not self.rows:
            yield from self._nothing()
            return
        yield from self._rows()
        yield from self._totals()
        yield from self._completeness()
        yield from self._codes()
        yield from self._repeated()
        yield from self._dates()
        yield from self._times()

    def _warning(self, kind: str, text: str) -> Warning:
        period = self.staged.loaded.period
        return Warning(kind, f"{in_words(period)}: {text}" if period else text, period)

    def _nothing(self) -> Iterator[Warning]:
        """A true zero, where there always was something."""
        had = [p.rows for p in self.past if p.rows]
        if len(self.past) >= FEW and len(had) >= NEARLY_ALWAYS * len(self.past):
            said = {"some": f"{len(had):,}", "count": f"{len(self.past):,}", "least": f"{min(had):,}"}
            words = _(
                "this return says that nothing happened. %(some)s of the %(count)s before it had %(least)s rows or "
                "more. If something did happen, take it back and send the rows."
            )
            yield self._warning("rows", words % said)

    def _rows(self) -> Iterator[Warning]:
        if told := self._unusual(self.rows, [p.rows for p in self.past]):
            advice = _("Check that the export covers the whole period, once, and no other.")
            yield self._warning("rows", f"{rows_in_words(self.rows)}, {told}. {advice}")

    def _totals(self) -> Iterator[Warning]:
        for name, total in self.facts.totals.items():
            past = [p.facts.totals[name] for p in self.past if name in p.facts.totals]
            if told := self._unusual(total, past):
                text = _("“%(column)s” adds up to %(total)s, %(told)s. Check for a figure in the wrong row or unit.")
                said = {"column": _heading(self.staged.definition, name), "total": f"{total:,.10g}", "told": told}
                yield self._warning("totals", text % said)

    def _unusual(self, value: float, past: Sequence[float]) -> str:
        """How a number differs from those before it; empty when it does not, or too little is known."""
        common = usual(past)
        if len(common) >= ENOUGH:
            found = compared(value, common)
            if not found.outlying or abs(value - found.median) <= BY_CHANCE * max(found.median, 1) ** 0.5:
                return ""
            said = {"least": f"{found.least:,.10g}", "greatest": f"{found.greatest:,.10g}"}
            said |= {"some": f"{len(common):,}", "count": f"{len(past):,}"}
            if said["least"] == said["greatest"]:
                if len(common) < len(past):
                    return _("where %(some)s of the %(count)s returns before had %(least)s each") % said
                return _("where the %(count)s returns before had %(least)s each") % said
            if len(common) < len(past):
                return _("where %(some)s of the %(count)s returns before had from %(least)s to %(greatest)s") % said
            return _("where the %(count)s returns before had from %(least)s to %(greatest)s") % said
        last = past[-1] if past else None
        if last is None or abs(value - last) < MANY_MORE or last / MULTIPLE <= value <= last * MULTIPLE:
            return ""
        return _("where the return before had %(last)s (%(period)s)") % {
            "last": f"{last:,.10g}",
            "period": in_words(self.past[-1].period),
        }

    def _completeness(self) -> Iterator[Warning]:
        for name, unknown in self.facts.unknown.items():
            share = unknown / self.rows
            past = [p.facts.unknown[name] / p.rows for p in self.past if p.rows and name in p.facts.unknown]
            middle = median(past) if past else 0.0
            worse = bool(past) and share - middle >= MUCH_LESS_COMPLETE and share > max(usual(past))
            first = not past and share > HALF and self.rows >= MANY_ROWS
            if unknown < FEW or not (worse or first):
                continue
            said = {
                "column": _heading(self.staged.definition, name),
                "unknown": f"{unknown:,}",
                "rows": f"{self.rows:,}",
                "share": f"{share:.0%}",
            }
            text = _("“%(column)s” is empty or not known in %(unknown)s of %(rows)s rows (%(share)s)") % said
            if past:
                text += _(", where %(usual)s is usual") % {"usual": f"{middle:.0%}"}
            yield self._warning(
                "completeness", text + ". " + _("Ask whether it was recorded and left out of the export.")
            )

    def _codes(self) -> Iterator[Warning]:
        if len(self.past) < FEW:
            return
        for name, counts in self.facts.codes.items():
            past = [p.facts.codes[name] for p in self.past if name in p.facts.codes and p.rows]
            if len(past) < FEW:
                continue
            said = {"column": _heading(self.staged.definition, name), "returns": f"{len(past):,}"}
            other = [*self._new_codes(counts, past, said), *self._vanished_codes(counts, past, said)]
            yield from other or self._moved_codes(counts, past, said)

    def _new_codes(self, counts: dict[str, int], past: list[dict[str, int]], said: dict[str, str]) -> Iterator[Warning]:
        before = _known(past)
        new = {code: n for code, n in counts.items() if n and code not in before}
        # A rare code turns up now and then; several at once, or a frequent one, mean another way of recording.
        if len(new) >= FEW or sum(new.values()) >= LARGE_SHARE * self.rows:
            text = _(
                "“%(column)s” has codes that none of the %(returns)s returns before had: %(codes)s. Was a code list or "
                "a definition changed? Say so when you acknowledge this, because counts from before will not compare."
            )
            yield self._warning("codes", text % (said | {"codes": _listed(new)}))

    def _vanished_codes(
        self, counts: dict[str, int], past: list[dict[str, int]], said: dict[str, str]
    ) -> Iterator[Warning]:
        had = {code: [one[code] for one in past if one.get(code)] for one in past for code in one}
        always = {code: counts_ for code, counts_ in had.items() if len(counts_) >= NEARLY_ALWAYS * len(past)}
        usually = {code: round(sum(counts_) / len(counts_)) for code, counts_ in always.items()}
        gone = {code: n for code, n in usually.items() if n >= ENOUGH and not counts.get(code)}
        if gone:
            text = _(
                "“%(column)s” has no %(codes)s. At least %(some)s of the %(returns)s returns before had them. Was a "
                "code list changed, or were these rows left out?"
            )
            codes = ", ".join(f"“{c}” ({_('usually %s') % f'{n:,}'})" for c, n in sorted(gone.items()))
            some = f"{min(len(always[code]) for code in gone):,}"
            yield self._warning("codes", text % (said | {"codes": codes, "some": some}))

    def _moved_codes(
        self, counts: dict[str, int], past: list[dict[str, int]], said: dict[str, str]
    ) -> Iterator[Warning]:
        """A share that moved far, of codes that are neither new nor gone."""
        if len(past) < ENOUGH or self.rows < MANY_ROWS:
            return
        for code in sorted(set(counts) & set().union(*past)):
            now = counts[code] / max(1, sum(counts.values()))
            shares = [one.get(code, 0) / max(1, sum(one.values())) for one in past]
            if all(abs(now - share) < LARGE_SHARE for share in shares):
                continue  # as most: it cannot be that far from the middle of those that are usual
            found = compared(now, usual(shares))
            if found.outlying and abs(found.value - found.median) >= LARGE_SHARE:
                text = _(
                    "“%(column)s” is “%(code)s” in %(share)s of rows, where %(least)s to %(greatest)s is what the "
                    "%(returns)s returns before had. Was it recorded in another way?"
                )
                shown = {"share": found.value, "least": found.least, "greatest": found.greatest}
                yield self._warning("codes", text % (said | {"code": code} | {k: f"{v:.0%}" for k, v in shown.items()}))

    def _repeated(self) -> Iterator[Warning]:
        repeated = self.facts.repeated
        past = [p.facts.repeated / p.rows for p in self.past if p.rows]
        if repeated > max([REPEATED, *usual(past)]) * self.rows:
            text = _(
                "%(repeated)s of %(rows)s rows equal an earlier row in every cell. If rows were pasted twice, take "
                "this back and send it once more without them."
            )
            yield self._warning("repeated", text % {"repeated": f"{repeated:,}", "rows": f"{self.rows:,}"})

    def _dates(self) -> Iterator[Warning]:
        """Dates that stop well before their month does: the export was drawn too early."""
        period, last = self.staged.loaded.period, self.facts.last
        if not period or not last or self.rows < MANY_ROWS:
            return
        months = months_of(period)
        day = int(last[8:10]) if int(last[:4]) * 12 + int(last[5:7]) - 1 == months[-1] else 0
        if day < EARLY:
            text = _("the last date in it is %(last)s. Was it drawn before the period had ended?")
            yield self._warning("dates", text % {"last": last})

    def _times(self) -> Iterator[Warning]:
        """Every time at midnight: an export that knew the day alone, and wrote 00:00 for it."""
        if self.rows >= MANY_ROWS and self.facts.midnight == self.rows:
            text = _(
                "the time is exactly 00:00 in all %(rows)s rows. Was it lost in the export or by a spreadsheet? If it "
                "was recorded, export it again with the time; figures by hour will be wrong without it."
            )
            yield self._warning("times", text % {"rows": f"{self.rows:,}"})


def usual(past: Sequence[float]) -> list[float]:
    """Earlier values without those that were out of keeping with the others, in order: what was true once, and
    acknowledged, is not usual for that. Where the last few all were, theirs is the new level, and they alone are left.
    """
    if len(past) < ENOUGH:
        return list(past)
    odd = [abs(score) > LIMIT for score in scores(past)]
    middle = median(past)
    run = 0
    while run < len(past) and odd[-1 - run] and (past[-1 - run] > middle) == (past[-1] > middle):
        run += 1
    if run >= SETTLED:
        return list(past[-run:])
    return [value for value, is_odd in zip(past, odd, strict=True) if not is_odd]


def _known(past: Sequence[dict[str, int]]) -> set[str]:
    """Codes that earlier returns had. One that a single return had much of was odd then, and is not known by that."""
    found = set()
    for code in {code for one in past for code, n in one.items() if n}:
        having = [one for one in past if one.get(code)]
        if len(having) > 1 or having[0][code] < LARGE_SHARE * sum(having[0].values()):
            found.add(code)
    return found


def _overlapping(s: Staged, others: Sequence[Staged | Part]) -> Iterator[Warning]:
    """Periods of another length that cover the same months: what happened in them would be counted twice."""
    own = s.loaded.period
    for other in others:
        dataset, provider, period = (
            other.key if isinstance(other, Staged) else (other.dataset, other.provider, other.period)
        )
        if (dataset, provider) != s.key[:2] or not own or not period or period == own:
            continue
        if set(months_of(own)) & set(months_of(period)):
            text = _(
                "%(own)s: %(other)s was sent too, and covers some of the same months. What happened in them would be "
                "counted twice. Withdraw one of the two."
            )
            yield Warning("overlap", text % {"own": in_words(own), "other": in_words(period)}, own)


def _heading(definition: Dataset, name: str) -> str:
    return next((c.heading for c in definition.columns if c.name == name), name)


def _listed(codes: dict[str, int]) -> str:
    shown = sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    more = len(codes) - len(shown)
    return ", ".join(f"“{c}” ({n:,})" for c, n in shown) + (_(" and %s more") % f"{more:,}" if more else "")
