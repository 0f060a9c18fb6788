"""Recorded crime by community safety partnership, offence and quarter, each partnership with its code."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.recorded_crime import BY_PARTNERSHIP, Year, by_quarter, years
from redway.sources.returned.look_ups import look_up
from redway.store.accepted import reading
from redway.store.profile import Profile

FIELDS = BY_PARTNERSHIP


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One submission for each quarter, all partnerships in it, “Unassigned” rows too."""
    definition = dataset("recorded-crime-partnership")
    found = years(path, definition, FIELDS, file_name=file_name, into=into)
    return by_quarter(_with_codes(found, codes(context)), definition, into=into)


def codes(context: Context) -> Mapping[str, str]:
    """The code of each partnership by its name, evened out: from the accepted look-up, and the partnership's own.

    The publisher's names that differ from the look-up's are in codes/names.yaml, or in the profile's own copy of it.
    """
    own = context.partnership
    known = {_even(own.place): own.community_safety_partnership} if own.community_safety_partnership else {}
    parts = context.snapshot.of("community-safety-partnerships")
    with reading(parts) as accepted:
        for path in accepted:
            table = pq.read_table(path, columns=["partnership_name", "partnership_code"])
            for row in table.to_pylist():
                known[_even(row["partnership_name"])] = row["partnership_code"]
    for entry in look_up(dataset("recorded-crime-partnership"), "names", Profile.of(context.home)).entries:
        for published in entry.was:
            if _even(entry.code) in known:
                known.setdefault(_even(published), known[_even(entry.code)])
    return known


def _with_codes(found: Iterator[Year], known: Mapping[str, str]) -> Iterator[Year]:
    for year in found:
        names = pc.dictionary_encode(year.table["partnership"].combine_chunks())
        by_name = pa.array([known.get(_even(name)) for name in names.dictionary.to_pylist()], pa.string())
        at = year.table.column_names.index("partnership")
        yield replace(year, table=year.table.add_column(at, "partnership_code", by_name.take(names.indices)))


def _even(name: str) -> str:
    """A name with case, punctuation and spelling of “and” put aside."""
    return " ".join(re.findall(r"[^\W_]+", name.casefold().replace("&", " and ").replace("'", "").replace("’", "")))
