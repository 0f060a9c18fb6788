"""Changes of one indicator over every area, as the map, the table and the chart of intervals show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway.findings import words
from redway.findings.changes import examine
from redway.findings.finding import Finding
from redway.indicators.definitions import Indicator
from redway.indicators.series import Area
from redway.indicators.windows import Comparison, comparison, total
from redway.methods.comparison.change import Change
from redway.products import tables
from redway.products.charts import Change as Row
from redway.products.maps import FEW, LESS, MORE, SAME
from redway.products.tables import Cell, Column, Table
from redway.web.figures.basis import Basis

ORDERS = ("unusual", "rise", "fall", "count", "name")


@dataclass(frozen=True)
class AreaChange:
    """One area: its counts in the two periods, and what was found of them (None: too few to examine)."""

    area: Area
    before: float
    after: float
    finding: Finding | None

    @property
    def change(self) -> Change | None:
        return self.finding.change if self.finding else None

    @property
    def shade(self) -> str:
        """How a map shades it."""
        if self.change is None:
            return FEW
        if not self.change.different:
            return SAME
        return MORE if self.after > self.before else LESS

    @property
    def stands_out(self) -> bool:
        """Whether it is among the findings, under the rule that counts false alarms."""
        return bool(self.finding and self.finding.listed)

    @property
    def words(self) -> str:
        """`more: 40 to 62, 55% (10% to 120%)`."""
        counts = f"{words.count(self.before)} → {words.count(self.after)}"
        if self.change is None:
            return _("too few to tell: %(counts)s") % {"counts": counts}
        said = {MORE: _("more"), LESS: _("less"), SAME: _("not statistically different")}[self.shade]
        return f"{said}: {counts}, {share(self.change)}"


@dataclass(frozen=True)
class AreaChanges:
    """Every area's change, `compared.kind` None where there is nothing to compare.

    alone  whether areas were set against each other alone, and not against everything that is examined
    """

    indicator: Indicator
    compared: Comparison
    rows: tuple[AreaChange, ...]
    alone: bool = False

    def count(self, shade: str) -> int:
        return sum(row.shade == shade for row in self.rows)

    @property
    def examined(self) -> int:
        return sum(row.change is not None for row in self.rows)

    @property
    def answer(self) -> str:
        """How many areas differ, and how many would by chance alone."""
        more, less = self.count(MORE), self.count(LESS)
        found = ngettext(
            "Of %(examined)s area with enough recorded to tell, %(more)s had more than its own past would lead us to "
            "expect and %(less)s had less.",
            "Of %(examined)s areas with enough recorded to tell, %(more)s had more than their own past would lead us "
            "to expect and %(less)s had less.",
            self.examined,
        ) % {"examined": self.examined, "more": more or _("none"), "less": less or _("none")}
        by_chance, out = round(0.05 * self.examined), sum(row.stands_out for row in self.rows)
        against = (
            _("By chance alone, %(n)s would look different. Set against each other, %(out)s.")
            if self.alone
            else _("By chance alone, %(n)s would look different. Set against everything examined, %(out)s.")
        )
        chance = against % {
            "n": _("about %(n)s") % {"n": words.count(by_chance)} if by_chance else _("fewer than 1"),
            "out": ngettext("%(n)s stands out", "%(n)s stand out", out) % {"n": out} if out else _("none stands out"),
        }
        return f"{found} {chance}" if self.examined else _("No area has enough recorded to tell a change from chance.")


def area_changes(basis: Basis, indicator: Indicator) -> AreaChanges:
    """Every comparable area's change in an indicator that can be computed.

    Exact counts of partners' data are examined here: what is found among all is of what everybody may see.
    """

    def make() -> AreaChanges:
        series = basis.series(indicator, "area")
        compared = comparison(series)
        if compared.kind is None:
            return AreaChanges(indicator, compared, ())
        before, after = total(series, compared.before), total(series, compared.after)
        changed = examine([(indicator, series)], "") if basis.exact else basis.changed
        return AreaChanges(
            indicator,
            compared,
            tuple(
                AreaChange(area, float(b), float(a), changed.of(indicator.id, area.code))
                for area, b, a in zip(series.areas, before, after, strict=True)
            ),
            basis.exact,
        )

    return basis.keep(("area changes", indicator.key), make)


def share(change: Change) -> str:
    """`55% (10% to 120%)`; words where nothing was recorded before."""
    if change.percent is None:
        return _("from none")
    return f"{words.percent(change.percent)} ({words.interval(change.low, change.high)})"


def ordered(rows: Sequence[AreaChange], order: str) -> list[AreaChange]:
    """Rows in one of ORDERS; areas with too few recorded to tell come last, by name."""

    def key(row: AreaChange) -> tuple[object, ...]:
        percent = row.change.percent if row.change and row.change.percent is not None else 0.0
        rank: dict[str, float] = {
            "unusual": row.change.p if row.change else 1.0,
            "rise": -percent,
            "fall": percent,
            "count": -row.after,
            "name": 0.0,
        }
        last = row.change is None and order not in ("name", "count")
        return (last, rank[order], row.area.name)

    return sorted(rows, key=key)


def table(
    found: AreaChanges,
    *,
    order: str,
    link: str,
    sort: dict[str, str],
    caption: str,
    beside: tuple[str, Mapping[str, float]] = ("", {}),
) -> Table:
    """The areas as a ranked table. `link` is an address with {code} in it; `sort` the addresses of each order;
    `beside` the title of something else that was counted, and its count by area.
    """

    def heading(title: str, name: str, direction: str, *, numeric: bool = True) -> Column:
        return Column(title, numeric, sort.get(name, ""), direction if order == name else "none")

    columns = (
        heading(_("Area"), "name", "ascending", numeric=False),
        Column(_opening(found.compared.before_words), numeric=True),
        heading(_opening(found.compared.after_words), "count", "descending"),
        heading(_("Change, 95% interval"), "rise", "descending"),
        heading(_("Against its own past"), "unusual", "ascending", numeric=False),
        *([Column(beside[0], numeric=True)] if beside[0] else []),
    )
    rows = tuple((*_row(one, link), *_beside(one, beside)) for one in ordered(found.rows, order))
    on_nought = any(one.change and words.rounded_to_nought(one.change) for one in found.rows)
    return Table(caption, columns, rows, (words.rounding(),) if on_nought else ())


def _opening(words: str) -> str:
    """Words that open a heading or a sentence."""
    return words[:1].upper() + words[1:]


def _row(one: AreaChange, link: str) -> tuple[Cell, ...]:
    name = tables.text(short(one.area), link=link.format(code=one.area.code))
    counts = (tables.number(one.before), tables.number(one.after))
    if one.change is None:
        few = Cell("–", numeric=True, spoken=_("none given"))
        return (name, *counts, few, tables.text(_("Too few to tell")))
    said = {MORE: _("More"), LESS: _("Less"), SAME: _("Not statistically different")}[one.shade]
    note = _("stands out") if one.stands_out else ""
    return (name, *counts, Cell(share(one.change), numeric=True), tables.text(said, note=note))


def _beside(one: AreaChange, beside: tuple[str, Mapping[str, float]]) -> tuple[Cell, ...]:
    title, counts = beside
    if not title:
        return ()
    return (tables.number(counts[one.area.code]) if one.area.code in counts else tables.not_available(),)


def drawn(found: AreaChanges, most: int = 12) -> tuple[Row, ...]:
    """The areas that differ, the most unusual first, as rows of a chart of intervals."""
    rows = []
    for one in ordered(found.rows, "unusual"):
        change = one.change
        if one.shade not in (MORE, LESS) or change is None or change.percent is None or change.low is None:
            continue
        high = change.high if change.high is not None else change.percent * 10
        rows.append(Row(short(one.area), change.percent, change.low, high, meaning(found.indicator, one.shade == MORE)))
    return tuple(rows[:most])


def short(area: Area) -> str:
    """An area's name without its district's, which every name of the page has: `014B (Bletchley East)`."""
    at = next((i for i, word in enumerate(area.name.split()) if word[:1].isdigit()), 0)
    return " ".join(area.name.split()[at:]) or area.name


def meaning(indicator: Indicator, higher: bool) -> str:
    """The mark a change gets: judged where one way is better, otherwise only its direction."""
    if indicator.better == "neutral":
        return "higher" if higher else "lower"
    return "concern" if higher == (indicator.better == "lower") else "improvement"
