"""redway series: one indicator's figures, for people and for programs."""

import difflib
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from typing import Any

from redway.config.command import RedwayCommand
from redway.errors import RedwayError
from redway.indicators import definitions, windows
from redway.indicators.definitions import Indicator
from redway.indicators.places import places
from redway.indicators.query import awaiting, series
from redway.indicators.series import Area, Series
from redway.indicators.windows import Windows
from redway.products.series_rows import as_csv, as_json, as_table, rows
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.returns.destruction import unmade
from redway.work.returns.versions import snapshot

BY: dict[str, Callable[[Series], Windows]] = {
    "month": windows.months,
    "quarter": windows.quarters,
    "rolling-12": windows.rolling_12,
}

EXAMPLES = """examples:
  redway series recorded-shoplifting
  redway series recorded-burglary --area E01016715 --by quarter
  redway series recorded-vehicle-crime --by rolling-12 --format csv > vehicle-crime.csv
  redway series recorded-robbery --as-at 1 --format json

Columns: area, period, count, denominator, value, status. A period without every month it needs is
“not available”, never zero and never the sum of a part. The value is the count per 1,000 residents of
Census 2021, of the period itself; it is blank where residents are no fair base.

Quarters are of the financial year: 2023/24-Q4 is January to March 2024. A small area whose borders changed
between 2011 and 2021 is counted in the smallest area that both have in common; the area column then holds
that area's code, and a remark on stderr says so. recorded-crime leaves out anti-social behaviour, which is
recorded as incidents and not as crimes.
"""


class Command(RedwayCommand):
    """Parse, ask, print."""

    help = "Print an indicator's counts and rates by month, quarter or twelve months."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("indicator", metavar="INDICATOR", help="its name, such as recorded-shoplifting")
        parser.add_argument(
            "--area",
            metavar="CODE",
            help="district, community safety partnership, or small area (LSOA) of 2011 or 2021; "
            "without it, the whole partnership",
        )
        parser.add_argument("--by", choices=list(BY), default="month", help="without it, month")
        parser.add_argument("--as-at", type=int, metavar="VERSION", help="a data version; without it, the newest")
        parser.add_argument("--format", choices=["table", "csv", "json"], default="table", help="without it, table")

    def handle(self, **options: Any) -> None:
        profile = Profile.of(Home.current())
        indicator = find(definitions.load(profile), options["indicator"])
        if not indicator.computable:
            raise awaiting(indicator)
        version = snapshot(options["as_at"])
        partnership = profile.partnership
        where = places(version, partnership)
        area = where.find(options["area"]) if options["area"] else where.partnership
        whole = area.level == "partnership"
        found = series(
            indicator, snapshot=version, partnership=partnership, level="partnership" if whole else "area"
        ).row(area.code)
        printed = rows(BY[options["by"]](found), indicator)
        if options["format"] == "json":
            text = as_json(printed, indicator=indicator, area=area, by=options["by"], snapshot=version)
        else:
            text = as_csv(printed) if options["format"] == "csv" else as_table(printed)
        self.stdout.write(text, ending="")
        for sentence in [
            *remarks(options["area"], area, indicator, found, options["by"]),
            *unmade([version.number]).values(),
        ]:
            print(sentence, file=sys.stderr)


def find(indicators: Mapping[str, Indicator], name: str) -> Indicator:
    """The indicator of that name. Raises RedwayError with the nearest names for an unknown one."""
    if name in indicators:
        return indicators[name]
    close = difflib.get_close_matches(name.lower(), indicators, n=3, cutoff=0.5)
    computable = sorted(i.id for i in indicators.values() if i.computable)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"There are {', '.join(computable)}."
    raise RedwayError("the name of an indicator", came=f"“{name}”", cause=f"a spelling mistake. {hint}")


def remarks(asked: str | None, area: Area, indicator: Indicator, found: Series, by: str) -> list[str]:
    """What a reader of the figures has to know and the columns cannot say."""
    said = []
    if asked and asked.strip().upper() != area.code:
        said.append(f"{asked} is counted in {area.code}, {area.name}. {area.note}".rstrip())
    elif area.note and len(area.members) > 1:
        said.append(f"{area.code} is {area.name}. {area.note}")
    if indicator.rate and area.level not in indicator.rate.levels:
        said.append(f"No rate is given: {indicator.rate.why_not}")
    elif indicator.rate and not area.fair_base:
        said.append(f"No rate is given: residents are no fair base here. {area.unfair_because}")
    elif indicator.rate and not area.residents:
        said.append("No rate is given: the residents dataset has not been imported.")
    if by == "rolling-12" and (why := windows.why_no_year(found)):
        said.append(why)
    return said
