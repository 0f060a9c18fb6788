"""School figures of Aldermere, and of an England just as made up, as the Department for Education lays them out."""

from collections.abc import Iterator
from typing import Any

AREA, ENGLAND = ("999", "Aldermere"), ("970", "England")
HEADINGS = ["Short Desc", "Data item", "Years", "LA and Regions", "Values", "LA Number", "Region"]
YEARS = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24")
# For each measure, the city's values and England's, year by year. Suspensions rise, permanent exclusions are rare, and
# absence is a little lower than England's; "-" is the department's mark for none.
VALUES: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "TotFixedEx": ((3.1, 2.9, 5.2, 7.4, 8.8), (3.8, 4.3, 6.9, 9.3, 11.3)),
    "TotPermEx": ((0.03, 0.02, 0.04, 0.05, 0.05), (0.06, 0.05, 0.08, 0.11, 0.13)),
    "TotAbs": (("-", 4.3, 7.2, 7.0, 6.6), ("-", 4.6, 7.6, 7.4, 7.1)),
    "TotPerAbNew": (("-", 11.2, 21.0, 19.6, 18.0), ("-", 12.1, 22.5, 21.2, 20.0)),
    "FirstYJS": ((182, 165, 151, 158, 149), (169, 154, 149, 156, 161)),
}


def table() -> Iterator[list[Any]]:
    """The heading and the rows of the file."""
    yield HEADINGS
    for measure, (own, england) in VALUES.items():
        for (number, name), values in ((AREA, own), (ENGLAND, england)):
            region = "Irish Sea" if number == AREA[0] else "NA"
            for year, value in zip(YEARS, values, strict=True):
                when = year[:2] + year[5:] if measure == "FirstYJS" else year
                yield [measure, "", when, name, value, number, region]
