"""How a finding says itself: one plain sentence that carries its size and its doubt.

Percentages are whole numbers, to the nearest; an interval is rounded outwards, so that it never looks surer
than it is. Where the interval holds no change, the sentence says *not statistically different*. An interval that
stops just short of no change may so be printed as ending at 0%; what lies beside it then says so.
"""

import math
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.methods.comparison.change import Change

MINUS = "\N{MINUS SIGN}"


def count(value: float) -> str:
    """`1,234`."""
    return f"{value:,.0f}"


def near(value: float, rounded_to: int = 1) -> str:
    """`1,234`; `about 1,235` of a count that was rounded before it was shown."""
    return _("about %(count)s") % {"count": count(value)} if rounded_to > 1 and value else count(value)


def opening(said: str) -> str:
    """Words that open a sentence or a heading."""
    return said[:1].upper() + said[1:]


def lowered(said: str) -> str:
    """Words that open nothing: `up to 24 hours`."""
    return said[:1].lower() + said[1:]


def rounded(to: int) -> str:
    """That counts were rounded, as a sentence; empty where they were not."""
    return _("Counts are rounded to the nearest %(to)s.") % {"to": count(to)} if to > 1 else ""


def percent(value: float) -> str:
    """`23%`, with a true minus sign; never `-0%`."""
    whole = round(value)
    return f"{MINUS if whole < 0 else ''}{abs(whole):,}%"


def interval(low: float | None, high: float | None) -> str:
    """`0% to 51%`, rounded outwards; `at least 40%` where the upper end is open. Empty for two open ends."""
    # the sliver keeps an end that is whole but for floating point where it is
    bottom = None if low is None else math.floor(low + 1e-9)
    top = None if high is None else math.ceil(high - 1e-9)
    if bottom is not None and top is not None:
        return _("%(low)s to %(high)s") % {"low": percent(bottom), "high": percent(top)}
    if bottom is not None:
        return _("at least %(low)s") % {"low": percent(bottom)}
    return "" if top is None else _("at most %(high)s") % {"high": percent(top)}


def rounded_to_nought(change: Change) -> bool:
    """Whether a change that differs from none is printed with an interval that ends at 0%."""
    if not change.different:
        return False
    return any(end is not None and end != 0 and math.trunc(end) == 0 for end in (change.low, change.high))


def rounding() -> str:
    """What to say beside such an interval."""
    return _("Intervals are rounded outwards to whole per cents: where one ends at 0% it stops just short of it.")


def period(kind: str, months: Sequence[int]) -> str:
    """`the year ending November 2025`, `January to March 2025`."""
    if kind == "rolling-12":
        return _("the year ending %(month)s") % {"month": periods.words(months[-1])}
    return periods.phrase(months)


def against(kind: str) -> str:
    """What the change is on."""
    return _("the year before") if kind == "rolling-12" else _("the same months a year before")


def subject(what: str, area: str, when: str) -> str:
    """`Shoplifting recorded in Milton Keynes 014B in January to March 2025`; `area` is empty for the whole."""
    said = "recorded" in what.lower()  # 'All recorded crime' has the word already
    names = {"what": what, "area": area, "when": when}
    if area:
        return (
            _("%(what)s in %(area)s in %(when)s") if said else _("%(what)s recorded in %(area)s in %(when)s")
        ) % names
    return (_("%(what)s in %(when)s") if said else _("%(what)s recorded in %(when)s")) % names


def change_sentence(about: str, change: Change, kind: str, rounded_to: int = 1) -> str:
    """The whole sentence. `about` is its subject; of rounded counts a second sentence says so."""
    return " ".join(filter(None, [_changed(about, change, kind, rounded_to), rounded(rounded_to)]))


def _changed(about: str, change: Change, kind: str, rounded_to: int) -> str:
    names = {
        "subject": about,
        "before": near(change.before, rounded_to),
        "after": near(change.after, rounded_to),
        "against": against(kind),
        "interval": interval(change.low, change.high),
        "percent": "" if change.percent is None else percent(change.percent),
    }
    if change.before == change.after == 0:
        return _("%(subject)s came to none, as on %(against)s.") % names
    if not change.different:
        if change.percent is None:
            words = _("%(subject)s came to %(after)s, not statistically different from none on %(against)s.")
        else:
            words = _(
                "%(subject)s came to %(after)s, not statistically different from %(before)s: "
                "%(percent)s (%(interval)s) on %(against)s."
            )
        return words % names
    if change.percent is None:
        return _("%(subject)s rose from none to %(after)s on %(against)s; of none there is no percentage.") % names
    if change.after == 0:
        return _("%(subject)s fell from %(before)s to none: %(percent)s (%(interval)s) on %(against)s.") % names
    if change.after > change.before:
        return _("%(subject)s rose from %(before)s to %(after)s: %(percent)s (%(interval)s) on %(against)s.") % names
    return _("%(subject)s fell from %(before)s to %(after)s: %(percent)s (%(interval)s) on %(against)s.") % names


def dispersion_sentence(change: Change) -> str:
    """How much wider the interval is for the over-dispersion it allows for."""
    if change.phi == 1:
        return _(
            "Months vary here no more than independent events would, so the interval is that of independent events."
        )
    return _(
        "Months vary here %(phi)s times as much as independent events would (measured on %(df)s degrees of freedom). "
        "Without allowing for it the interval would be %(interval)s."
    ) % {
        "phi": f"{change.phi:.1f}",
        "df": count(change.df),
        "interval": interval(change.poisson_low, change.poisson_high),
    }


def standing_sentence(*, listed: bool, alone: bool, examined: int) -> str:
    """Where one series stands among all that were examined. `alone`: it would pass the usual test by itself."""
    names = {"n": count(examined)}
    if listed:
        return _("It stands out among the %(n)s series that were examined.") % names
    if alone:
        return (
            _(
                "By itself it passes the usual 5%% test, but among the %(n)s series that were examined it does not "
                "stand out: that many give some such changes by chance alone."
            )
            % names
        )
    return _("It does not stand out among the %(n)s series that were examined.") % names


def rule_sentence(*, examined: int, refused: int, listed: int, expected_false: float, by_chance: float) -> str:
    """What was looked at, what stands out, and how much of that may be chance."""
    if not examined:
        return _("No series could be examined.") + _small(refused)
    looked_at = ngettext("%(n)s series was examined", "%(n)s series were examined", examined) % {"n": count(examined)}
    chance = _(
        "At the usual 5%% test, about %(n)s of those examined would have looked unusual by chance alone; "
        "this list is stricter."
    ) % {"n": count(by_chance)}
    if not listed:
        found = _("%(examined)s; none stands out.") % {"examined": looked_at}
        return f"{found}{_small(refused)} {chance}"
    stands = ngettext("%(n)s stands out", "%(n)s stand out", listed) % {"n": count(listed)}
    found = _("%(examined)s; %(stands)s; %(false)s. Nothing else was unusual.") % {
        "examined": looked_at,
        "stands": stands,
        "false": _false_alarms(expected_false),
    }
    return f"{found}{_small(refused)} {chance}"


def _false_alarms(expected: float) -> str:
    """`about 1 of them can be expected to be a false alarm`."""
    number = round(expected)
    if number < 1:
        return _("fewer than 1 of them can be expected to be a false alarm")
    return ngettext(
        "about %(n)s of them can be expected to be a false alarm",
        "about %(n)s of them can be expected to be false alarms",
        number,
    ) % {"n": count(number)}


def _small(refused: int) -> str:
    if not refused:
        return ""
    words = ngettext(
        "%(n)s more was not examined, because its counts are too small to tell a change from chance.",
        "%(n)s more were not examined, because their counts are too small to tell a change from chance.",
        refused,
    )
    return " " + words % {"n": count(refused)}
