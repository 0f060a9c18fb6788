"""The Indices of Deprivation, under the publisher's headings (File 7) or those of the R package IMD."""

from redway.sources.fields import LSOA, LSOA_EXAMPLE, Field

# Our name, the R package's, the publisher's. The publisher's Income and Employment scores are rates, and say so.
DOMAINS = (
    ("imd", "IMD", "Index of Multiple Deprivation (IMD)"),
    ("income", "Income", "Income"),
    ("employment", "Employment", "Employment"),
    ("education", "Education", "Education, Skills and Training"),
    ("health", "Health", "Health Deprivation and Disability"),
    ("crime", "Crime", "Crime"),
    ("housing", "", "Barriers to Housing and Services"),  # its name in the package changed between editions
    ("environment", "Environment", "Living Environment"),
)


def fields(*, vintage: str, housing: str) -> tuple[Field, ...]:
    """The columns of one edition: of LSOAs of `vintage` (11 or 21), with the package's name for the housing domain."""
    return (
        Field(f"lsoa{vintage}_code", (f"LSOA code (20{vintage})", f"LSOA{vintage}CD"), like=LSOA, example=LSOA_EXAMPLE),
        *(field for name, package, publisher in DOMAINS for field in _domain(name, package or housing, publisher)),
    )


def _domain(name: str, package: str, publisher: str) -> tuple[Field, Field, Field]:
    """Rank, decile and score of one domain. File 1 of the publisher has the overall index alone."""
    optional = name != "imd"
    # The publisher's File 1 leaves out what the words in brackets say.
    rank = (f"{package}_rank", f"{publisher} Rank (where 1 is most deprived)", f"{publisher} Rank")
    decile = (f"{package}_decile", f"{publisher} Decile (where 1 is most deprived 10% of LSOAs)", f"{publisher} Decile")
    score = (f"{package}_score", f"{publisher} Score", f"{publisher} Score (rate)")
    return (
        Field(f"{name}_rank", rank, kind="integer", least=1, optional=optional),
        Field(f"{name}_decile", decile, kind="integer", least=1, most=10, optional=optional),
        Field(f"{name}_score", score, kind="number", optional=True),
    )
