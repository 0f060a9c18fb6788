"""Recorded crime by police force, offence and quarter."""

from pathlib import Path

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.recorded_crime import BY_FORCE, by_quarter, years

FIELDS = BY_FORCE


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One submission for each quarter, all forces in it."""
    definition = dataset("recorded-crime-force")
    return by_quarter(years(path, definition, FIELDS, file_name=file_name, into=into), definition, into=into)
