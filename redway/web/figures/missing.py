"""Partners' returns that are missing: past their day, and nobody has them in hand. The same words on every page."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import periods
from redway.sources.dataset import dataset as definition_of
from redway.store.profile import Profile
from redway.web.figures.absence import Absence
from redway.work.returns.expected import Expected, Standing, expected
from redway.work.returns.senders import senders

NAMED = 4  # periods by name; more are counted
SHOWN = 4  # returns on Home; more are counted


def sentence(found: Sequence[Expected]) -> str:
    """The missing periods of one return, the soonest due first: `2 returns are missing: October 2025 (refused) ...`"""
    words = [_period(one) for one in found[:NAMED]]
    if more := len(found) - len(words):
        words.append(_("%(n)s more") % {"n": f"{more:,}"})
    which = _(" and ").join(filter(None, (", ".join(words[:-1]), words[-1])))
    days = found[0].days_late
    if len(found) == 1:
        said = ngettext(
            "1 return is missing: %(which)s, %(days)s day late.",
            "1 return is missing: %(which)s, %(days)s days late.",
            days,
        )
    else:
        said = ngettext(
            "%(n)s returns are missing: %(which)s. The first is %(days)s day late.",
            "%(n)s returns are missing: %(which)s. The first is %(days)s days late.",
            days,
        )
    return said % {"n": f"{len(found):,}", "which": which, "days": f"{days:,}"}


def how(one: Expected) -> str:
    """Why it is missing, in a word: withdrawn, refused; empty where nothing came."""
    if one.standing == Standing.REFUSED:
        return _("withdrawn, and what came since was refused") if one.withdrawn else _("refused")
    return _("withdrawn") if one.withdrawn else ""


def _period(one: Expected) -> str:
    words, why = periods.in_words(one.period), how(one)
    return f"{words} ({why})" if why else words


def absences(profile: Profile, today: date) -> list[Absence]:
    """What Home says of them: a line a return, the longest late first, and how many more there are."""
    grouped = by_return(one for one in expected(profile, today=today) if one.missing)
    known = senders(profile)
    found = []
    for (agency, dataset), those in list(grouped.items())[:SHOWN]:
        said = {"agency": known[agency].name, "title": definition_of(dataset).title, "what": sentence(those)}
        found.append(
            Absence(
                _("%(agency)s, %(title)s: %(what)s") % said,
                "",
                "",
                link=_("What to do: %(agency)s, %(title)s") % said,
                href=reverse("quality-agency", args=[agency]) + f"#{dataset}",
            )
        )
    others = list(grouped.values())[SHOWN:]
    if others:
        count = sum(map(len, others))
        said_of = ngettext("%(n)s other return is missing.", "%(n)s other returns are missing.", count)
        found.append(Absence(said_of % {"n": f"{count:,}"}, "", "", link=_("All that is due"), href=reverse("returns")))
    return found


def by_return(found: Iterable[Expected]) -> dict[tuple[str, str], list[Expected]]:
    """By agency and dataset, in the order of the first of each."""
    grouped: dict[tuple[str, str], list[Expected]] = {}
    for one in found:
        grouped.setdefault((one.agency, one.dataset), []).append(one)
    return grouped
