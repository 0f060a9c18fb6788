"""Months, and the longer periods made of them.

A month is an int, 12 * year + month - 1, so runs and gaps are subtraction. Labels on screen and in
files: `2025-11` (month), `2025/26-Q3` (financial quarter, Q1 is April to June), `YE-2025-11` (the twelve
months that end in November 2025: March for a financial year, August for a school year), `2025-autumn`
(a school term, by the year it begins in).
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
QUARTER = re.compile(r"([0-9]{4})/([0-9]{2})-Q([1-4])")
YEAR = re.compile(r"YE-([0-9]{4}-[0-9]{2})")
TERM = re.compile(r"([0-9]{4})-(autumn|spring|summer)")
TERMS = {"autumn": (8, 4), "spring": (0, 3), "summer": (3, 5)}  # first month (0 is January), length
WRITTEN = range(1990, 2061)  # years whose periods are known by their words, in files too
FOUR_DIGITS = re.compile(r"(?<![0-9])[1-9][0-9]{3}(?![0-9])")
FIRST_YEAR, LAST_YEAR = 1000, 9999
YEAR_ENDING = ("the year ending", "year ending", "year to")
NAMES = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def month(label: str) -> int:
    """The month a label such as `2025-11` names. Raises ValueError for anything else."""
    found = MONTH.fullmatch(label)
    if not found:
        raise ValueError(f"expected a month such as 2025-11, not {label!r}")
    return 12 * int(found[1]) + int(found[2]) - 1


def label(month: int) -> str:
    """`2025-11`."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def words(month: int) -> str:
    """`November 2025`."""
    return f"{NAMES[month % 12]} {month // 12}"


def quarter(month: int) -> str:
    """The financial quarter a month lies in, `2025/26-Q3` for November 2025."""
    start = (month - 3) // 12  # the year whose April opened the financial year
    return f"{start}/{(start + 1) % 100:02d}-Q{(month - 3) % 12 // 3 + 1}"


def quarter_months(label: str) -> tuple[int, int, int]:
    """The three months of `2025/26-Q3`."""
    first = 12 * int(label[:4]) + 3 + 3 * (int(label[-1]) - 1)
    return first, first + 1, first + 2


def year_ending(month: int) -> str:
    """`YE-2025-11`."""
    return f"YE-{label(month)}"


def span(months: Iterable[int]) -> range:
    """Every month from the first to the last, gaps included; empty when there are none."""
    present = sorted(months)
    return range(present[0], present[-1] + 1) if present else range(0)


def runs(months: Iterable[int]) -> list[range]:
    """The unbroken runs of months, oldest first."""
    found: list[range] = []
    for m in sorted(set(months)):
        if found and found[-1].stop == m:
            found[-1] = range(found[-1].start, m + 1)
        else:
            found.append(range(m, m + 1))
    return found


def phrase(months: Sequence[int]) -> str:
    """Months in words: `January to March 2024`, `January to June and August to November 2025`."""
    parts = []
    stretches = runs(months)
    for i, run in enumerate(stretches):
        first, last = run[0], run[-1]
        after = stretches[i + 1] if i + 1 < len(stretches) else run
        year_follows = after is not run and first // 12 == last // 12 == after[0] // 12 == after[-1] // 12
        year = "" if year_follows else f" {last // 12}"
        if first == last:
            parts.append(f"{NAMES[first % 12]}{year}")
        elif first // 12 == last // 12:
            parts.append(f"{NAMES[first % 12]} to {NAMES[last % 12]}{year}")
        else:
            parts.append(f"{words(first)} to {NAMES[last % 12]}{year}")
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def months_of(label: str) -> range:
    """The months that a period of any kind covers. Raises ValueError for a label that is none."""
    if MONTH.fullmatch(label):
        return range(month(label), month(label) + 1)
    if (found := QUARTER.fullmatch(label)) and (int(found[1]) + 1) % 100 == int(found[2]):
        first = quarter_months(label)[0]
        return range(first, first + 3)
    if found := YEAR.fullmatch(label):
        last = month(found[1])
        return range(last - 11, last + 1)
    if found := TERM.fullmatch(label):
        start, length = TERMS[found[2]]
        first = 12 * int(found[1]) + start
        return range(first, first + length)
    raise ValueError(f"expected a period such as 2025-11, 2025/26-Q3, YE-2026-03 or 2025-autumn, not {label!r}")


def in_words(label: str) -> str:
    """Any period in words: `November 2025`, `October to December 2025`, `the year ending March 2026`, `autumn 2025`."""
    covered = months_of(label)
    if TERM.fullmatch(label):
        year, term = label.split("-")
        return f"{term} term {year}"
    return f"the year ending {words(covered[-1])}" if len(covered) == 12 else phrase(covered)


def spanning(labels: Iterable[str]) -> str:
    """Several periods in words, from the first month of them to the last; one alone as it is called."""
    found = list(dict.fromkeys(labels))
    if len(found) == 1:
        return in_words(found[0])
    months = [month for one in found for month in months_of(one)]
    return f"{words(min(months))} to {words(max(months))}"


def folded(words: str) -> str:
    """Words without regard to case and blanks."""
    return " ".join(words.split()).lower()


@cache
def spellings() -> dict[str, str]:
    """All that people write for a period, folded -> its label: the one list that typed pages and files are read by."""
    return {words: label for year in WRITTEN for words, label in _spellings_of(year).items()}


def _spellings_of(year: int) -> dict[str, str]:
    """What people write for the periods that begin in a year, or of months end in it."""
    found: dict[str, str] = {}
    for at, name in enumerate(NAMES, 1):
        one, ending = f"{year}-{at:02d}", f"YE-{year}-{at:02d}"
        names = [name, name[:3], *(["Sept"] if at == 9 else [])]
        found |= dict.fromkeys((one, *(f"{each} {year}" for each in names), f"{at:02d}/{year}", f"{at}/{year}"), one)
        ends = [f"{start} {each} {year}" for each in names for start in YEAR_ENDING]
        found |= dict.fromkeys((ending, *ends), ending)
    for term in TERMS:
        words = f"{year}-{term}", f"{term} {year}", f"{term} term {year}", f"{year} {term}"
        found |= dict.fromkeys(words, words[0])
    for number in range(1, 5):
        after = f"{(year + 1) % 100:02d}"
        one = f"{year}/{after}-Q{number}"
        years = f"{year}/{after}", f"{year}-{after}", f"{year}/{year + 1}"
        written = [f"{each} Q{number}" for each in years]
        for each in years:
            called = (f"{each} quarter {number}", f"quarter {number} {each}", f"quarter {number} of {each}")
            written += [f"Q{number} {each}", f"Q{number} of {each}", *called]
        found |= dict.fromkeys(written, one)
        found |= dict.fromkeys((one, in_words(one)), one)
    return {folded(words): label for words, label in found.items()}


def named(words: str) -> str:
    """The label of a period as people write it (`Sept 2025`, `11/2025`, `Q3 2025/26`, `autumn 2025`), of any year they
    may name; empty where no period is called so.
    """
    asked = folded(words)
    if found := spellings().get(asked):
        return found
    for year in map(int, FOUR_DIGITS.findall(asked)[:2]):  # no period is written with more
        # `January to March 2099` is a quarter of the financial year before.
        for begins in (year, year - 1):
            if FIRST_YEAR < begins < LAST_YEAR and (found := _spellings_of(begins).get(asked)):
                return found
    return ""


def kind_of(period: str) -> str:
    """`monthly`, `quarterly`, `annual` or `termly`: the cadence whose periods are labelled so. Raises ValueError."""
    months_of(period)
    kinds = {"monthly": MONTH, "quarterly": QUARTER, "annual": YEAR, "termly": TERM}
    return next(kind for kind, pattern in kinds.items() if pattern.fullmatch(period))


def following(period: str) -> str:
    """The period after one, of the same kind: `2026-01` after `2025-12`, `2026-spring` after `2025-autumn`."""
    after = months_of(period)[-1] + 1
    match kind_of(period):
        case "monthly":
            return label(after)
        case "quarterly":
            return quarter(after)
        case "annual":
            return year_ending(after + 11)
    terms = ["spring", "summer", "autumn"]
    year, term = period.split("-")
    place = (terms.index(term) + 1) % 3
    return f"{int(year) + (place == 0)}-{terms[place]}"


def last_day(period: str) -> date:
    """The last day of a period of any kind."""
    last = months_of(period)[-1]
    return date(last // 12, last % 12 + 1, monthrange(last // 12, last % 12 + 1)[1])
