"""What is wrong with typed rows, box by box, before anything is handed in: their dataset's own loader says it."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redway.errors import FileRefused, NotAllowed
from redway.sources.dataset import REFUSED, Column, Context, Dataset
from redway.sources.loaders import loader
from redway.store.home import Home
from redway.store.profile import Profile
from redway.store.query import connect
from redway.web.returns.sheet import FILE, Sheet, box_name
from redway.web.returns.typed_words import Written, is_area, is_period
from redway.work.returns.destruction import check_not_destroyed
from redway.work.returns.loading import Staged
from redway.work.returns.worked_example import counts, refuses

# Rules as the engine has them. Its other sentences are of cells in a file; these a page says in fewer words.
EMPTY, NO_CODE, NO_SUCH_TIME = "is empty", "is none of the codes", ("lies in the future", "lies before 1901")


def checked(table: Sheet, definition: Dataset, context: Context, written: Written) -> Sheet:
    """The table with what is wrong, box by box. Raises FileRefused and NotAllowed for what lies in no box of it."""
    return replace(table, faults=dict(_faults(table, definition, _refused(table, definition, context, written))))


def _refused(table: Sheet, definition: Dataset, context: Context, written: Written) -> list[dict[str, Any]]:
    """The refused cells, as the loader finds them in the rows as a file. Nothing of them stays."""
    import pyarrow.parquet as pq  # slow to load, and few pages need it

    with tempfile.TemporaryDirectory(dir=context.home.incoming) as folder:
        file, into = Path(folder) / FILE, Path(folder) / "into"
        into.mkdir()
        file.write_bytes(table.as_csv(written))
        try:
            loaded = loader(definition.name).load(file, file_name="", into=into, context=context)
        except FileRefused:
            if not (into / REFUSED).is_file():
                raise
        if not (into / REFUSED).is_file():
            _check_own([Staged(definition, "", one, file, "") for one in loaded], context.home)
            return []
        found: list[dict[str, Any]] = pq.read_table(into / REFUSED).to_pylist()
        return found


def _check_own(staged: list[Staged], home: Home) -> None:
    """Raises NotAllowed for rows of the template's worked example, FileRefused for rows that were lawfully destroyed:
    what would be said of them once they are handed in.
    """
    with connect(home.incoming / "spill") as db:
        found = counts(staged, Profile.of(home), db)
    if count := sum(one for s, one in zip(staged, found, strict=True) if refuses(s, one)):
        words = ngettext(
            "%(count)s row is of the template’s worked example. Empty it, and type your agency’s own.",
            "%(count)s rows are of the template’s worked example. Empty them, and type your agency’s own.",
            count,
        )
        raise NotAllowed(words % {"count": f"{count:,}"})
    check_not_destroyed((s.definition.name, s.file, s.loaded.content) for s in staged)


def _faults(table: Sheet, definition: Dataset, cells: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Each faulty box with its sentence, in the order of the page; of several faults of a box, the first."""
    columns = {column.heading: column for column in table.columns}
    places = {name: at for at, name in enumerate(columns)}
    told: set[str] = set()
    for cell in sorted(cells, key=lambda cell: (cell["row"], places.get(cell["column"], 0))):
        row = table.numbers[cell["row"] - 1]
        column = columns.get(cell["column"], table.columns[0])
        name = box_name(row, column)
        if name not in told:
            told.add(name)
            yield name, _sentence(row + 1, column, definition, cell)


def _sentence(number: int, column: Column, definition: Dataset, cell: dict[str, Any]) -> str:
    said = {"row": f"{number:,}", "heading": column.heading, "rule": cell["rule"], "expected": cell["expected"]}
    chosen = bool(column.codes) and not column.many
    if chosen and cell["rule"] in (EMPTY, NO_CODE):
        return _("Row %(row)s: choose “%(heading)s” from its list") % said
    if cell["rule"] == EMPTY:
        return _("Row %(row)s: fill in “%(heading)s”") % said
    if is_period(definition, column) and cell["rule"] in NO_SUCH_TIME:
        return _("Row %(row)s: “%(heading)s” %(rule)s") % said
    if is_period(definition, column):
        return _("Row %(row)s: “%(heading)s” is not a period such as November 2025 or 2025/26-Q3") % said
    if is_area(column):
        return _("Row %(row)s: “%(heading)s” is not the name or code of a ward or small area") % said
    if any(rule.reason == cell["rule"] for rule in definition.rules):
        return _("Row %(row)s, “%(heading)s”: %(rule)s. %(mend)s") % {**said, "mend": cell["mend"]}
    return _("Row %(row)s: “%(heading)s” %(rule)s. What is expected: %(expected)s") % said
