"""What people write where the engine takes a label or code: a period in words, an area by its name."""

from collections.abc import Callable

from redway import periods
from redway.sources.dataset import Column, Dataset
from redway.sources.returned.look_ups import folded
from redway.store.accepted import reading
from redway.store.profile import Partnership
from redway.store.snapshot import Snapshot

Written = Callable[[Column, str], str]
# A later one's code counts where a name has two: the areas of today before those of 2011.
NAMED = (("lsoa-lookup", "lsoa11"), ("lsoa-lookup", "lsoa21"), ("lsoa-wards", "lsoa21"), ("lsoa-wards", "ward"))


def reader(definition: Dataset, known: Snapshot, partnership: Partnership) -> Written:
    """What gives a cell as the engine takes it: a period's label for its words, an area's code for its name. Any other
    cell is given as it was typed.
    """
    names: dict[str, str] | None = None

    def written(column: Column, cell: str) -> str:
        nonlocal names
        if is_period(definition, column):
            return period_label(cell)
        if cell and is_area(column):
            names = area_names(known, partnership) if names is None else names
            return names.get(folded(cell), cell)
        return cell

    return written


def is_period(definition: Dataset, column: Column) -> bool:
    """Whether a column holds labels of periods."""
    return column.type == "text" and column.name == definition.period_from


def is_area(column: Column) -> bool:
    """Whether a column takes codes of areas of several sizes, and so their names."""
    return column.type == "text" and column.name == "area"


def period_label(words: str) -> str:
    """The label of a period as people write it, as in a file (`periods.spellings`); what was given, where no period is
    called so.
    """
    return periods.named(words) or words


def area_names(known: Snapshot, partnership: Partnership) -> dict[str, str]:
    """Names of the partnership's wards and small areas, folded -> code. A name that several share is no name."""
    import pyarrow.parquet as pq  # slow to load, and few pages need it

    found: dict[str, str] = {}
    ours = [("district_code", "=", partnership.district)]
    for dataset, kind in NAMED:
        codes: dict[str, set[str]] = {}
        with reading(known.of(dataset)) as paths:
            for path in paths:
                rows = pq.read_table(path, columns=[f"{kind}_name", f"{kind}_code"], filters=ours).to_pydict()
                for name, code in zip(rows[f"{kind}_name"], rows[f"{kind}_code"], strict=True):
                    if name and code:
                        codes.setdefault(folded(name), set()).add(code)
        found |= {name: next(iter(among)) for name, among in codes.items() if len(among) == 1}
    return found
