"""redway series: one indicator's figures, for people and for programs."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from redway.config.acting import person_acting
from redway.config.command import RedwayCommand
from redway.errors import RedwayError, did_you_mean, nearest
from redway.findings import measured as measured_words
from redway.findings import words
from redway.indicators import definitions, windows
from redway.indicators.definitions import Indicator
from redway.indicators.measure import Measure
from redway.indicators.measures import measured
from redway.indicators.places import Places, places
from redway.indicators.query import awaiting, series
from redway.indicators.series import Area, Series
from redway.indicators.sets import definitions as definitions_of
from redway.indicators.shown import name_of, policy_of, shown
from redway.indicators.windows import Windows
from redway.products import measure_rows
from redway.products.series_rows import as_csv, as_json, as_table, rows
from redway.store.home import Home
from redway.store.profile import Profile
from redway.store.snapshot import Snapshot
from redway.work.accounts.roles import Permission
from redway.work.audit.reading import record_small_counts
from redway.work.gateways import linking
from redway.work.gateways.purposes import Purpose
from redway.work.returns.destruction import unmade
from redway.work.returns.versions import snapshot

BY: dict[str, Callable[[Series], Windows]] = {
    "month": windows.months,
    "quarter": windows.quarters,
    "rolling-12": windows.rolling_12,
}

EXAMPLES = """examples:
  redway series recorded-shoplifting
  redway series recorded-burglary --area E01999036 --by quarter    (of Aldermere; others have areas of their own)
  redway series recorded-vehicle-crime --by rolling-12 --format csv > vehicle-crime.csv
  redway series recorded-robbery --as-at 1 --format json
  redway series serious-violence-victims-male --definition youth-justice-board --exact --as ana

Columns: area, period, count, denominator, value, status. A period without every month it needs is
“not available”, or “not yet come” where only later months are missing: never zero, and never the sum of a
part. The value is the count per 1,000 residents of Census 2021, of the period itself; it is blank where
residents are no fair base.

Small counts of partners' data are hidden, with the status “suppressed”, and others rounded to the nearest 5, as
on the pages: a remark on stderr, a last column of the CSV and a name in the JSON say so (counts_rounded_to). An
indicator that measures prints its own periods and groups: period, group, value, low, high, counted, out_of,
unknown, median, status, why. Those that depend on what serious violence is can be had by another definition
(--definition); of partners' data only with --exact, because two definitions differ by few rows.

Quarters are of the financial year: 2023/24-Q4 is January to March 2024. A small area whose borders changed
between 2011 and 2021 is counted in the smallest area that both have in common; the area column then holds
that area's code, and a remark on stderr says so. recorded-crime leaves out anti-social behaviour, which is
recorded as incidents and not as crimes.
"""


class Command(RedwayCommand):
    """Parse, ask, print."""

    help = "Print an indicator's figures: counts and rates by month, quarter or twelve months, or what it measures."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("indicator", metavar="INDICATOR", help="its name, such as recorded-shoplifting")
        parser.add_argument(
            "--area",
            metavar="CODE",
            help="district, community safety partnership, or small area (LSOA) of 2011 or 2021; "
            "without it, the whole partnership",
        )
        parser.add_argument(
            "--by", choices=list(BY), help="without it, month; an indicator that measures has periods of its own"
        )
        parser.add_argument("--as-at", type=int, metavar="VERSION", help="a data version; without it, the newest")
        parser.add_argument(
            "--definition", metavar="NAME", help="a definition of serious violence; without it, the profile's first"
        )
        parser.add_argument(
            "--exact", action="store_true", help="exact counts of partners' data; needs --as, and is written down"
        )
        parser.add_argument("--as", dest="by_person", metavar="USERNAME", help="who is shown exact counts")
        parser.add_argument("--format", choices=["table", "csv", "json"], default="table", help="without it, table")

    def _measured(
        self, indicator: Indicator, version: Snapshot, where: Places, force: str, options: dict[str, Any]
    ) -> None:
        """Print the figures of a measure, and its sentence on stderr."""
        if indicator.measure is None:
            raise awaiting(indicator)
        linking.check_read(indicator.datasets, Purpose.ANALYSIS, on=timezone.localdate())
        policy = None if options["exact"] else policy_of(indicator.measure.dataset)
        found = measured(indicator, version, where, force, policy)
        printed = measure_rows.rows(found)
        if options["format"] == "json":
            text = measure_rows.as_json(printed, indicator=indicator, snapshot=version, rounded_to=found.rounded_to)
        elif options["format"] == "csv":
            text = measure_rows.as_csv(printed, found.rounded_to)
        else:
            text = measure_rows.as_table(printed)
        self.stdout.write(text, ending="")
        print(measured_words.sentence(indicator.measure, found), file=sys.stderr)

    def handle(self, **options: Any) -> None:
        home = Home.current()
        profile = Profile.of(home)
        indicator = find(definitions.load(profile, options["definition"] or ""), options["indicator"])
        if not indicator.computable:
            raise awaiting(indicator)
        version = snapshot(options["as_at"])
        partnership = profile.partnership
        where = places(version, partnership)
        area = where.find(options["area"]) if options["area"] else where.partnership
        if options["exact"]:
            audited(indicator, options["by_person"] or "")
        else:
            own_definition(indicator, definitions_of(profile).default)
        if not (indicator.count and version.has(indicator.count.dataset)) and indicator.measure:
            if area.level == "area":
                raise RedwayError("an indicator that is counted by area", came=f"“{indicator.id}”, which is not")
            if options["by"] not in (None, indicator.measure.by):
                raise own_periods(indicator.id, indicator.measure, options["by"])
            self._measured(indicator, version, where, partnership.police_force, options)
            return
        whole = area.level == "partnership"
        found = series(
            indicator, snapshot=version, partnership=partnership, level="partnership" if whole else "area"
        ).row(area.code)
        policy = policy_of(indicator.count.dataset) if indicator.count else None
        if policy and not options["exact"]:
            if not whole:
                raise RedwayError(
                    "the whole partnership, where small counts are hidden",
                    came=f"the area {area.code}",
                    cause="counts by area of partners' data are shown only with --exact, which is written down.",
                )
            found = shown(found, policy, name_of(indicator, area.code), home)
        by = options["by"] or "month"
        printed = rows(BY[by](found), indicator)
        if options["format"] == "json":
            text = as_json(
                printed,
                indicator=indicator,
                area=area,
                by=by,
                snapshot=version,
                rounded_to=found.rounded_to,
            )
        else:
            text = as_csv(printed, found.rounded_to) if options["format"] == "csv" else as_table(printed)
        self.stdout.write(text, ending="")
        for sentence in [
            *remarks(options["area"], area, indicator, found, by),
            *unmade([version.number], of=indicator.datasets).values(),
        ]:
            print(sentence, file=sys.stderr)


def own_periods(name: str, measure: Measure, by: str) -> RedwayError:
    """The refusal of other periods than those that a measure has."""
    every = "wave" if measure.wave else measure.by
    periods = "the periods of its returns" if every == "own" else f"one figure for each {every}"
    return RedwayError(
        f"--by {every}, or none" if every in BY else f"no --by, as “{name}” has {periods}",
        came=f"--by {by}",
        cause=f"an indicator that is counted was meant. “{name}” is measured ({measure.kind}), with {periods}: they "
        "cannot be added up to others.",
    )


def audited(indicator: Indicator, name: str) -> None:
    """Write down who is shown exact counts. Raises RedwayError for a person who is not there or may not see them."""
    person = person_acting(name, Permission.SEE_SMALL_COUNTS, option="--as")
    for dataset in indicator.datasets:
        if policy_of(dataset):
            record_small_counts(by=person, dataset=dataset, what=f"series {indicator.id}", purpose="analysis")


def own_definition(indicator: Indicator, own: str) -> None:
    """Raises RedwayError for another definition of serious violence than the partnership's own, of partners' data."""
    if indicator.definition not in ("", own) and any(policy_of(name) for name in indicator.datasets):
        raise RedwayError(
            f"the partnership's own definition of serious violence, {own}, where small counts are hidden",
            came=indicator.definition,
            cause="definitions count nearly the same rows, so two of them give the few away in which they differ. "
            "Others are shown only with --exact, which is written down.",
        )


def find(indicators: Mapping[str, Indicator], name: str) -> Indicator:
    """The indicator of that name. Raises RedwayError with the nearest name for an unknown one, or all there are."""
    if name in indicators:
        return indicators[name]
    cause = did_you_mean(name, indicators)
    if not nearest(name, indicators):
        cause += f" There are {', '.join(sorted(i.id for i in indicators.values() if i.computable))}."
    raise RedwayError("the name of an indicator", came=f"“{name}”", cause=cause)


def remarks(asked: str | None, area: Area, indicator: Indicator, found: Series, by: str) -> list[str]:
    """What a reader of the figures has to know and the columns cannot say."""
    said = []
    if asked and asked.strip().upper() != area.code:
        said.append(f"{asked} is counted in {area.code}, {area.name}. {area.note}".rstrip())
    elif area.note and len(area.members) > 1:
        said.append(f"{area.code} is {area.name}. {area.note}")
    if indicator.rate and area.level not in indicator.rate.levels:
        said.append(f"No rate is given: {indicator.rate.why_not}")
    elif indicator.rate and indicator.rate.of == "households":
        if found.denominators[0] != found.denominators[0]:
            said.append("No rate is given: the households dataset has not been imported.")
        else:
            said.append(f"The value is for every {indicator.rate.per:,} households, not residents.")
    elif indicator.rate and not area.fair_base:
        said.append(f"No rate is given: residents are no fair base here. {area.unfair_because}")
    elif indicator.rate and not area.residents:
        said.append("No rate is given: the residents dataset has not been imported.")
    if found.rounded_to > 1:
        said.append(f"{words.rounded(found.rounded_to)} Quarters and years are added up first, then rounded once.")
    if by == "rolling-12" and (why := windows.why_no_year(found)):
        said.append(why)
    return said
