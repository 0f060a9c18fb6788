"""Shapes the page of the statutory quarterly exchange: the answer, one's own part in it, a table for each holder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway import __version__, periods
from redway.products import csv, tables
from redway.products.tables import Cell, Column, Table
from redway.sources.dataset import dataset
from redway.store.profile import Profile
from redway.web.figures.basis import Basis
from redway.web.figures.rows import counts_for
from redway.web.jinja import url
from redway.work.accounts.models import User
from redway.work.returns import exchange
from redway.work.returns.exchange import KNOWN, NAMES, PIECES, Piece, Standing, Supply

ABSENT = (Standing.LATE, Standing.CLOSED, Standing.NO_SENDER, Standing.NOT_CARRIED)


@dataclass(frozen=True)
class Choice:
    value: str
    text: str
    selected: bool


@dataclass(frozen=True)
class Mine:
    """What is wanted of the reader's own agency: sentences, and the returns that would supply it."""

    agency: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class ExchangePage:
    title: str
    law: str
    note: str
    answer: str
    due: str
    choices: tuple[Choice, ...]
    later: str
    mine: Mine | None
    tables: tuple[Table, ...]
    csv: str


def page(profile: Profile, quarter: str, *, person: User, today: date) -> ExchangePage:
    """Everything on the page for a quarter, as this person may read it. `later` says what became of quarters since."""
    mapping = exchange.exchange(profile)
    found = exchange.supplies(profile, quarter, today=today)
    return ExchangePage(
        mapping.title,
        mapping.law,
        mapping.note,
        answer(found, quarter),
        _due(exchange.due(quarter), today),
        tuple(Choice(q, _heading(periods.in_words(q)), q == quarter) for q in exchange.quarters(today)),
        _later(profile, quarter, today),
        mine(found, person.agency),
        tuple(
            table(holder.title, [s for s in found if s.item.holder == name], person)
            for name, holder in mapping.holders.items()
        ),
        url("exchange-csv", quarter=quarter),
    )


def _later(profile: Profile, quarter: str, today: date) -> str:
    """That nothing of any quarter since is asked for or came, where this is the newest of which something is."""
    offered = exchange.quarters(today)
    if quarter == offered[0] or quarter != exchange.newest_asked(profile, today=today):
        return ""
    return _("The newest of which anything is expected or came. Later ones can be chosen too.")


def _heading(words: str) -> str:
    """With a capital at its start: `April to June 2025`, of which months keep theirs."""
    return words[:1].upper() + words[1:]


def answer(found: Sequence[Supply], quarter: str) -> str:
    """`For October to December 2025, 4 of 13 items were supplied and 5 in part. 2 are late.`"""
    best = _best(found)
    counts = {standing: sum(s is standing for s in best.values()) for standing in Standing}
    asked = len(best) - sum(counts[s] for s in (Standing.NOT_EXPECTED, Standing.NO_SENDER, Standing.NOT_CARRIED))
    if not asked:
        return _("The calendar of returns asks nothing of any agency for %(quarter)s.") % {
            "quarter": periods.in_words(quarter)
        }
    said = _("For %(quarter)s, %(supplied)s of %(all)s items were supplied in full and %(part)s in part.") % {
        "quarter": periods.in_words(quarter),
        "supplied": counts[Standing.SUPPLIED],
        "all": len(best),
        "part": counts[Standing.IN_PART],
    }
    more = []
    if late := counts[Standing.LATE]:
        more.append(ngettext("%(n)s did not come and is late.", "%(n)s did not come and are late.", late) % {"n": late})
    if open_yet := counts[Standing.NOT_YET_DUE]:
        more.append(ngettext("%(n)s is not yet due.", "%(n)s are not yet due.", open_yet) % {"n": open_yet})
    if unasked := counts[Standing.NOT_EXPECTED]:
        more.append(ngettext("%(n)s is not expected.", "%(n)s are not expected.", unasked) % {"n": unasked})
    if closed := counts[Standing.CLOSED]:
        more.append(
            ngettext(
                "%(n)s came, and no gateway lets it be used for the exchange.",
                "%(n)s came, and no gateway lets them be used for the exchange.",
                closed,
            )
            % {"n": closed}
        )
    if nobody := counts[Standing.NO_SENDER] + counts[Standing.NOT_CARRIED]:
        more.append(ngettext("Nobody sends %(n)s of them.", "Nobody sends %(n)s of them.", nobody) % {"n": nobody})
    return " ".join([said, *more])


def _best(found: Sequence[Supply]) -> dict[str, Standing]:
    """How each item stands with the agency that supplied most of it."""
    order = list(Standing)
    best: dict[str, Standing] = {}
    for supply in found:
        id = supply.item.id
        best[id] = min(best.get(id, supply.standing), supply.standing, key=order.index)
    return best


def _due(due: date, today: date) -> str:
    day = date_format(due, "j F Y")
    return _("It was due by %(day)s.") % {"day": day} if today > due else _("It is due by %(day)s.") % {"day": day}


def mine(found: Sequence[Supply], agency: str) -> Mine | None:
    """What is still wanted of an agency; None for a person of no agency, or of one that supplies none of it."""
    own = [s for s in found if s.agency and s.agency.id == agency]
    if not own:
        return None
    wanted = [s for s in own if s.standing not in (Standing.SUPPLIED, Standing.NOT_EXPECTED) and _of_sender(s)]
    if all(s.standing is Standing.NOT_EXPECTED for s in own):
        name = own[0].agency.name if own[0].agency else ""
        return Mine(name, (_("The calendar of returns asks nothing of you for this quarter."),))
    sentences = tuple(dict.fromkeys(f"{dataset(s.dataset).title}: {_short(s)}" for s in wanted))
    name = own[0].agency.name if own[0].agency else ""
    return Mine(name, sentences)


def _of_sender(s: Supply) -> bool:
    """Whether its sender can do something about it: not where all that lacks is what nobody asks them for."""
    return s.standing is not Standing.IN_PART or bool(s.lacking) or not {*s.missing} <= {*s.unasked}


def _short(s: Supply) -> str:
    """What is wanted of one return, without the item."""
    day = {"day": date_format(s.due, "j F Y")}
    if s.standing is Standing.LATE:
        return _("nothing came, and it was due by %(day)s.") % day
    if s.standing is Standing.NOT_YET_DUE:
        return _("due by %(day)s.") % day
    return " ".join(_wanting(s)) or str(NAMES[s.standing]).lower() + "."


def table(holder: str, found: Sequence[Supply], person: User) -> Table:
    """The items that one kind of body holds, by agency."""
    columns = (Column(_("What is asked for")), Column(_("From")), Column(_("How it stands")), Column(_("Came")))
    return Table(holder, columns, tuple(_row(s, person) for s in found))


def _row(s: Supply, person: User) -> tuple[Cell, ...]:
    where = _("Schedule, paragraph %(number)s") % {"number": s.item.paragraph} if s.item.paragraph else ""
    where = " ".join(filter(None, (where, str(KNOWN.get(s.item.known, "")))))
    agency = tables.text(s.agency.name, note=dataset(s.dataset).title) if s.agency else Cell(_("nobody"), missing=True)
    standing = Cell(str(NAMES[s.standing]), missing=s.standing in ABSENT, note=" ".join(_details(s, person)))
    return tables.text(s.item.title, note=where), agency, standing, _came(s)


def _came(s: Supply) -> Cell:
    if s.came is None:
        return tables.text("")
    after = _("after %(day)s, when it was due") % {"day": date_format(s.due, "j M Y")} if s.came > s.due else ""
    return tables.text(date_format(s.came, "j M Y"), note=after)


def _details(s: Supply, person: User) -> list[str]:
    """What there is to know beyond its standing, in sentences."""
    if s.standing is Standing.NO_SENDER:
        return [_("No agency of the profile lists a return that carries it.")]
    if s.standing is Standing.NOT_CARRIED:
        return [s.item.note or _("No return that Redway takes holds it.")]
    if s.standing is Standing.NOT_EXPECTED:
        return [_("The calendar of returns asks for nothing of this quarter.")]
    if s.standing in (Standing.LATE, Standing.NOT_YET_DUE):
        day = {"day": date_format(s.due, "j F Y")}
        return [(_("It was due by %(day)s.") if s.standing is Standing.LATE else _("It is due by %(day)s.")) % day]
    if not s.held:
        return []
    said, counts = _wanting(s), counts_for(person, s.agency.id if s.agency else "")
    for piece, rows in (s.unknown or {}).items():
        said.append(
            _("The %(piece)s is not known in %(n)s of %(rows)s rows.")
            % {"piece": PIECES[piece], "n": counts(rows), "rows": counts(s.rows)}
        )
    return [*said, s.why] if s.why else said


def _wanting(s: Supply) -> list[str]:
    said = []
    if asked := tuple(month for month in s.missing if month not in s.unasked):
        said.append(_("%(months)s did not come.") % {"months": periods.phrase(asked)})
    if s.unasked:
        said.append(_("The calendar of returns asks nothing for %(months)s.") % {"months": periods.phrase(s.unasked)})
    if s.lacking:
        said.append(_("Without %(pieces)s.") % {"pieces": _pieces(s.lacking)})
    return said


def _pieces(pieces: Sequence[Piece]) -> str:
    words = [str(PIECES[piece]) for piece in pieces]
    return (
        words[0] if len(words) == 1 else _("%(some)s and %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}
    )


def document(basis: Basis, quarter: str, *, today: date) -> str:
    """The whole as CSV, one row for each item and agency."""
    mapping = exchange.exchange(basis.profile)
    about: dict[str, csv.Value] = {
        "title": mapping.title,
        "law": mapping.law,
        "quarter": quarter,
        "due": exchange.due(quarter).isoformat(),
        "as at": today.isoformat(),
        "data version": basis.snapshot.number,
        "redway release": __version__,
        "marking": "OFFICIAL",
        "note": mapping.note,
    }
    columns = (
        *("item", "paragraph", "asked for", "how known", "holder", "agency", "return", "standing", "months supplied"),
        *("months missing", "lacking", "came", "late", "why"),
    )
    found = exchange.supplies(basis.profile, quarter, today=today)
    return csv.document(columns, [_line(s) for s in found], about)


def _line(s: Supply) -> tuple[csv.Value, ...]:
    return (
        s.item.id,
        s.item.paragraph,
        s.item.title,
        s.item.known,
        s.item.holder,
        s.agency.id if s.agency else "",
        s.dataset,
        s.standing.value,
        " ".join(periods.label(m) for m in s.held),
        " ".join(periods.label(m) for m in s.missing),
        " ".join(s.lacking),
        s.came.isoformat() if s.came else "",
        "yes" if s.late else "no",
        s.why or s.item.note,
    )
