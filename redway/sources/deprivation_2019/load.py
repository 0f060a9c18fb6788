"""Indices of Deprivation 2019, under the publisher's headings (File 7) or those of the R package IMD."""

from pathlib import Path

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.tabular import LSOA, LSOA_EXAMPLE, Field, load_table, loaded

# Our name, the R package's, the publisher's. The publisher's Income and Employment scores are rates, and say so.
DOMAINS = (
    ("imd", "IMD", "Index of Multiple Deprivation (IMD)"),
    ("income", "Income", "Income"),
    ("employment", "Employment", "Employment"),
    ("education", "Education", "Education, Skills and Training"),
    ("health", "Health", "Health Deprivation and Disability"),
    ("crime", "Crime", "Crime"),
    ("housing", "Housing_and_Access", "Barriers to Housing and Services"),
    ("environment", "Environment", "Living Environment"),
)


def _fields(name: str, package: str, publisher: str) -> tuple[Field, Field, Field]:
    """Rank, decile and score of one domain. File 1 of the publisher has the overall index alone."""
    optional = name != "imd"
    rank = (f"{package}_rank", f"{publisher} Rank (where 1 is most deprived)")
    decile = (f"{package}_decile", f"{publisher} Decile (where 1 is most deprived 10% of LSOAs)")
    score = (f"{package}_score", f"{publisher} Score", f"{publisher} Score (rate)")
    return (
        Field(f"{name}_rank", rank, kind="integer", least=1, optional=optional),
        Field(f"{name}_decile", decile, kind="integer", least=1, most=10, optional=optional),
        Field(f"{name}_score", score, kind="number", optional=True),
    )


FIELDS = (
    Field("lsoa11_code", ("LSOA code (2011)", "LSOA11CD"), like=LSOA, example=LSOA_EXAMPLE),
    *(field for domain in DOMAINS for field in _fields(*domain)),
)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """One table for the whole of England."""
    definition = dataset("deprivation-2019")
    table, read, refused = load_table(path, definition, FIELDS, file_name=file_name, into=into, key=("lsoa11_code",))
    return [loaded(table, definition, into=into, rows_read=read, refused=refused)]
