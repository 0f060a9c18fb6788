"""Districts to partnerships to forces, in the portal's headings of any year (LAD24CD) or the R package geographr's."""

from pathlib import Path

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.fields import DISTRICT, DISTRICT_EXAMPLE, Field
from redway.sources.tabular import load_table, loaded

YEARS = range(17, 27)  # the portal names its columns by year, and nothing else changes


def _headings(portal: str, package: str) -> tuple[str, ...]:
    kind, ending = portal.split("_")
    return (*(f"{kind}{year}{ending}" for year in YEARS), package)


FIELDS = (
    Field("district_code", _headings("LAD_CD", "ltla24_code"), like=DISTRICT, example=DISTRICT_EXAMPLE),
    Field("district_name", _headings("LAD_NM", "ltla24_name")),
    Field(
        "partnership_code",
        _headings("CSP_CD", "csp24_code"),
        like="[A-Z](22|14)[0-9]{6}",
        example="a community safety partnership's code such as E22000307",
    ),
    Field("partnership_name", _headings("CSP_NM", "csp24_name")),
    Field(
        "force_code",
        _headings("PFA_CD", "pfa24_code"),
        like="[A-Z](23|15)[0-9]{6}",
        example="a police force area's code such as E23000029",
    ),
    Field("force_name", _headings("PFA_NM", "pfa24_name")),
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England and Wales."""
    definition = dataset("community-safety-partnerships")
    table, read, refused = load_table(
        path, definition, FIELDS, file_name=file_name, into=into, key=("district_code", "partnership_code")
    )
    return [loaded(table, definition, into=into, rows_read=read, refused=refused)]
