"""What a dataset is: `dataset.yaml` in its folder, and what its loading gives. loaders.py says what loads it."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from redway.errors import Place, RedwayError, did_you_mean
from redway.store.home import Home
from redway.store.profile import Partnership, Strict, read_yaml
from redway.store.snapshot import Snapshot

FOLDER = Path(__file__).parent
# Every refused cell of a file, in its work folder: Parquet with row (1 is the first under the heading; people are shown
# its line, as errors.py has it), column, value, rule, expected, mend, and `line`, the row's cells as they came (JSON
# text), which only the first cell of a row has.
REFUSED = "refused.parquet"


class Column(Strict):
    """One column of the accepted file (the canonical name, not the publisher's).

    From `required` on, these are what `sources/returned` checks a partner's file by.
    """

    name: str
    type: Literal[
        "text", "integer", "number", "month", "date", "date-time", "yes-no", "code", "area", "pseudonym", "geometry"
    ]
    about: str
    publisher_name: str = Field(default="", description="the heading in the file and in the template")
    headings: tuple[str, ...] = Field(default=(), description="other headings it may stand under")
    required: bool = Field(default=False, description="whether a row without it is refused")
    optional: bool = Field(default=False, description="whether the whole column may be left out")
    codes: str = Field(default="", description="the look-up whose codes it takes: codes/NAME.yaml of its dataset")
    many: bool = Field(default=False, description="whether a cell holds several codes, parted by semicolons")
    unknown: tuple[str, ...] = Field(default=(), description="codes that mean not known: counted, like empty cells")
    like: str = Field(default="", description="pattern that the whole cell matches; `expected` says it in words")
    expected: str = ""
    least: float | None = None
    most: float | None = None
    kept: bool = Field(default=True, description="no: read, used and never kept, as a place that may be a home")
    banded_from: tuple[str, ...] = Field(
        default=(), description="headings of ages or dates of birth of which redway pseudonymise makes its bands"
    )
    special: Literal["", "health", "ethnicity", "sexual-orientation", "religion", "criminal"] = Field(
        default="", description="the special category (UK GDPR Article 9) or criminal data (Article 10) it holds"
    )

    @property
    def heading(self) -> str:
        """Its heading in a template."""
        return self.publisher_name or self.name.replace("_", " ").capitalize()


class Rule(Strict):
    """A check over several columns of a row. `wrong` is SQL over the typed columns, true for a row to be refused."""

    wrong: str
    reason: str
    column: str
    expected: str
    mend: str = ""


class Nature(Strict):
    """What a dataset is in law. The gateways register is held to it."""

    personal: bool = True
    patient: bool = Field(default=False, description="patient information")
    held_by_health_or_social_care: bool = False
    law_enforcement: bool = Field(default=False, description="processed under DPA 2018 Part 3 by its sender")
    given_for_support: bool = Field(default=False, description="never readable for enforcement")


class Dataset(Strict):
    """A kind of return."""

    name: str
    title: str
    about: str
    provider: str
    cadence: Literal["monthly", "quarterly", "termly", "annual", "once"]
    access: Literal["open", "partners"] = "open"
    licence: str = Field(
        default="", description="of open data: attribution as the licence asks for it, shown on every page"
    )
    nature: Nature | None = Field(default=None, description="of partners' data")
    acceptance: Literal["automatic", "second-person"] = "automatic"
    period_from: str = Field(default="", description="of partners' data: the column that says which period a row is of")
    dates_from: str = Field(
        default="", description="the column whose first and last day are measured, where period_from has no such days"
    )
    nothing_to_report: bool = Field(default=False, description="whether a heading without rows is a true zero")
    area_from: str = Field(default="", description="the column with an area code, of the type `area`")
    keep_outside: bool = Field(default=False, description="whether rows outside the partnership are kept")
    key: tuple[str, ...] = Field(default=(), description="columns that name a row; one that came before is refused")
    rules: tuple[Rule, ...] = ()
    watched: tuple[str, ...] = Field(default=(), description="columns whose completeness is measured on arrival")
    totals: tuple[str, ...] = Field(default=(), description="numbers whose sums are compared with the last return")
    example: tuple[dict[str, str], ...] = Field(default=(), description="rows of the template's worked example")
    keep_months: int = Field(default=0, description="how long a gateway is proposed to keep it; 0 for ever")
    typed: bool = Field(default=False, description="small enough to be typed on a page")
    files: tuple[str, ...] = Field(description="file name endings taken: .csv, .csv.gz, .geojson")
    columns: tuple[Column, ...]
    schema_version: int = 1
    refuse_above: float = Field(default=0.05, description="share of refused rows above which the file is refused")
    always_told: tuple[str, ...] = Field(default=(), description="notes that a receipt tells even when they count none")
    placing: tuple[str, ...] = Field(
        default=(), description="notes that count how surely rows were placed: the surest first, the last not placed"
    )
    suppression: Literal["open", "counts"] = "open"
    named: str = Field(
        default="", description="a file's name as its publisher gives it, where it says what no row does"
    )
    looks_like: str = Field(default="", description="of open data that is no table: what a right file looks like")
    where_from: str = Field(description="how a person gets it, in one sentence")
    finds: tuple[tuple[str, ...], ...] = Field(
        default=(),
        description="files that set-up looks for in a folder of open data: each item is one file wanted, as patterns "
        "in order of preference; {district} stands for the partnership's district code",
    )
    without: str = Field(default="", description="what does not work while it is missing, in one sentence")


def folder(name: str) -> Path:
    return FOLDER / name.replace("-", "_")


@cache
def dataset(name: str) -> Dataset:
    """The definition of a dataset. Raises RedwayError, listing the names there are, for an unknown one."""
    path = folder(name) / "dataset.yaml"
    if "/" in name or not path.is_file():
        raise RedwayError(
            f"the name of a dataset ({', '.join(names())})", came=f"“{name}”", cause=did_you_mean(name, names())
        )
    return Dataset.model_validate(read_yaml(path))


def names() -> list[str]:
    """Every dataset there is: a folder with a dataset.yaml is one, and no list is edited."""
    return sorted(p.parent.name.replace("_", "-") for p in FOLDER.glob("*/dataset.yaml"))


@dataclass(frozen=True)
class Context:
    """What a loader may know of the partnership it loads for."""

    home: Home
    partnership: Partnership
    snapshot: Snapshot  # what was accepted before: reference data to check against
    agency: str = ""  # ID of the agency that sends it; partners' data have one
    period: str = ""  # the one period it is meant to be of; empty when the rows say it
    permitted: frozenset[str] | None = None  # columns that a gateway in force lets in; None: open data, all


@dataclass(frozen=True)
class Refusals:
    """Rows refused for one reason: how many, and the first of them."""

    reason: str
    count: int
    first: Place
    came: str = ""
    expected: str = ""


@dataclass(frozen=True)
class Example:
    """The first row that a note is about: where it is, what stood there, and the likely cause."""

    first: Place
    came: str
    cause: str


@dataclass(frozen=True)
class Facts:
    """What was measured of the accepted rows, to be compared with the sender's earlier returns.

    unknown   watched column -> rows in which it is empty or a code for not known
    codes     column with a look-up -> code -> rows
    totals    number column -> its sum
    repeated  rows that equal an earlier one in every cell
    outside   rows left out because they lie outside the partnership
    first, last  the earliest and latest date, as 2025-11-30; empty where rows have none
    midnight  rows whose time is exactly 00:00, where dates have a time
    said      lines of notes that the publisher put beside the rows, as they stand
    """

    unknown: dict[str, int] = field(default_factory=dict)
    codes: dict[str, dict[str, int]] = field(default_factory=dict)
    totals: dict[str, float] = field(default_factory=dict)
    repeated: int = 0
    outside: int = 0
    first: str = ""
    last: str = ""
    midnight: int = 0
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """What one file gave for one provider and period: a Parquet file of typed rows, and the counts.

    `doubts` are warnings of its file as a whole, to be acknowledged; other periods of the file have the same.

    `content` hashes the canonical rows, so the same rows in another file, line end or column order are
    the same submission. `notes` counts what is odd but kept (unlocated, outside, repeated IDs ...), and
    `examples` shows the first of those that are somebody's mistake.
    Each dataset's `load.py` offers

        load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]

    which writes its Parquet into the folder `into`, and raises FileRefused for a file it cannot take. Where rows
    are refused one by one it also writes REFUSED into that folder, the file being taken or not. It may offer

        skips(file_name: str) -> str

    which says why a file found in a zip or folder is none of this dataset's; empty when it may be one. One that reads
    a publisher's table offers FIELDS, what it looks for in it.
    """

    provider: str
    period: str
    parquet: Path
    content: str
    rows_read: int
    rows_accepted: int
    refused: tuple[Refusals, ...] = ()
    notes: dict[str, int] = field(default_factory=dict)
    examples: dict[str, Example] = field(default_factory=dict)
    facts: Facts = Facts()
    doubts: tuple[str, ...] = ()
