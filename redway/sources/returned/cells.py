"""How a cell of each type is read and checked: SQL made from its column's definition.

Of a column `x`, SQL sees the cell's text as `r_x` (null when empty) and makes of it the typed value `x`, null when it
cannot. A second expression gives the number of the cell's fault, null for none. Ordinary cells are told first, and
cheaply; what is wrong with the others, and how Excel may have done it, is asked of them alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from redway.sources.dataset import Column, Dataset
from redway.sources.returned import identifiers, periods
from redway.sources.returned.faults import Fault, Faults
from redway.sources.returned.look_ups import LookUp
from redway.store.query import text

LONGEST_TEXT = 5_000
LSOA = "[EW]01[0-9]{6}"
EXCEL_DATE = (
    r"[0-9]{1,2}-[A-Z][a-z]{2}(-[0-9]{2,4})?|[A-Z][a-z]{2}-[0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]00:00(:00)?)?"
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
)
SERIAL = r"[2-5][0-9]{4}(\.[0-9]+)?"
FLOAT = r"-?[0-9]+\.0+"
SCIENTIFIC = r"-?[0-9](\.[0-9]+)?[eE]\+?[0-9]+"
AS_TEXT = "Format the column as Text before typing or pasting (Format Cells, Text), then put the code back"
WORDS = {
    "date": "a date such as 2025-11-30 or 30/11/2025",
    "date-time": "a date and time such as 2025-11-30 22:15 or 30/11/2025 22:15",
    "month": "a month such as 2025-11",
    "integer": "a whole number",
    "number": "a number",
    "yes-no": "yes or no",
    "area": "an LSOA code such as E01016710",
    "pseudonym": "a pseudonym of 32 to 64 small hexadecimal letters and digits, as redway pseudonymise makes",
    "text": "a text",
}
MENDS = {
    "date": "Write the day, the month and four digits of the year, or format the column as 2025-11-30.",
    "date-time": "Write date and time in one cell, with four digits of the year and the hour from 00 to 23.",
    "month": "Format the column as Text and write the year, a hyphen and the month in two digits.",
    "integer": "Write digits alone: no words, units or signs such as < or %.",
    "number": "Write digits alone: no words, units or signs such as < or %.",
    "yes-no": "Write yes or no, or leave the cell empty where it is not known.",
    "area": "Write the code of the lower layer super output area, not its name, a ward or a postcode.",
    "pseudonym": "Run redway pseudonymise on your own machine and send what it writes.",
    "text": "Type the text anew.",
}


@dataclass(frozen=True)
class Cell:
    """The SQL of one column: its typed value, the number of its fault, and whether a float was taken as a whole."""

    column: Column
    typed: str
    fault: str
    float: str = ""


@dataclass
class Cells:
    """Makes the SQL of each column of a file, and collects the faults that it names by number.

    headings  column -> the heading it stands under in the file
    areas     whether the types of the look-up of areas were made
    period    label that rows are to be of; empty when they say it themselves
    """

    dataset: Dataset
    headings: Mapping[str, str]
    look_ups: Mapping[str, LookUp]
    faults: Faults
    areas: bool
    period: str

    def of(self, column: Column) -> Cell:
        """The SQL of one column. A column that the file has not is null throughout."""
        if column.name not in self.headings:
            return Cell(column, f"NULL::{sql_type(column)}", "NULL::USMALLINT")
        raw, value = f'"r_{column.name}"', f'"{column.name}"'
        typed = self._typed(column, raw)
        cases = self._cases(column, raw, value)
        when = "".join(f" WHEN {condition} THEN {number}" for condition, number in cases)
        empty = self._fault(column, "is empty", self._expected(column), "Fill in the cell.") if column.required else 0
        fault = f"(CASE WHEN {raw} IS NULL THEN {empty or 'NULL'}{when} END)::USMALLINT"
        if column.type == "pseudonym":
            return Cell(column, typed, fault)
        return Cell(column, typed, fault, f"regexp_full_match({raw}, '{FLOAT}')" if column.type == "integer" else "")

    def _fault(
        self, column: Column, rule: str, expected: str, mend: str, *, hidden: bool = False, grave: bool = False
    ) -> int:
        return self.faults.add(
            Fault(column.name, self.headings[column.name], rule, expected, mend, hidden or not column.kept, grave)
        )

    def _expected(self, column: Column) -> str:
        if column.expected:
            return column.expected
        if column.type == "code":
            codes = self.look_ups[column.codes].codes if column.codes else ()
            shown = ", ".join(codes[:12]) + (f" and {len(codes) - 12:,} more" if len(codes) > 12 else "")
            return f"{'codes parted by semicolons, each' if column.many else 'a code,'} one of {shown}"
        words = WORDS[column.type]
        if column.least is not None and column.most is not None:
            return f"{words} from {column.least:g} to {column.most:g}"
        if column.least is not None:
            return f"{words}, {column.least:g} or more"
        return f"{words}, {column.most:g} or less" if column.most is not None else words

    def _typed(self, column: Column, raw: str) -> str:
        if column.type == "code":
            return self._code(column, raw)
        if column.type == "area":
            code = f"upper({raw})"
            return f"CASE WHEN regexp_full_match({code}, '{LSOA}') THEN {code} END"
        return TYPED[column.type].replace("$r", raw)

    def _code(self, column: Column, raw: str) -> str:
        one = one_code(column.codes, raw)
        if not column.many:
            return one
        parts = f"list_filter(list_transform(string_split({raw}, ';'), lambda p: trim(p)), lambda p: p <> '')"
        each = f"list_transform({parts}, lambda p: {one_code(column.codes, 'p')})"
        listed = f"CASE WHEN len({parts}) > 0 AND list_position({each}, NULL) IS NULL THEN list_distinct({each}) END"
        return f"coalesce({one}, array_to_string(list_sort({listed}), ';'))"

    def _cases(self, column: Column, raw: str, value: str) -> list[tuple[str, int | str]]:
        """Conditions and the faults they mean, in the order they are asked."""
        expected, mend = self._expected(column), MENDS.get(column.type, "")
        grave = [
            (f"{macro}({raw})", self._fault(column, f"holds what looks like {what}", "nothing that names a person",
                                            "Take it out at its source: such a file may not be sent.",
                                            hidden=True, grave=True))
            for what, macro in identifiers.of_cells(place=not column.kept).items()
        ]  # fmt: skip
        if column.type == "text":
            return [(f"NOT suspicious({raw}) AND {self._fits(column, raw)}", "NULL"), *self._text(column, raw, grave)]
        if column.type == "pseudonym":
            rule = "is no pseudonym, and may name a person"
            return [(f"{value} IS NULL", self._fault(column, rule, expected, mend, hidden=True))]
        fine = [f"{value} IS NOT NULL"]
        if column.least is not None:
            fine.append(f"{value} >= {column.least!r}")
        if column.most is not None:
            fine.append(f"{value} <= {column.most!r}")
        later = self._when(column, value) if column.type in ("date", "date-time", "month") else []
        fine += [f"NOT coalesce({condition}, false)" for condition, _ in later]
        if column.name == self.dataset.period_from and self.period:
            later += self._of_period(column, value)
            fine += [f"NOT coalesce({condition}, false)" for condition, _ in later[-1:]]
        if column.type == "area" and self.areas:
            unknown = f"try_cast({value} AS known_areas) IS NULL"
            later.append((unknown, self._fault(column, "is an area of neither 2011 nor 2021", expected, mend)))
            fine.append(f"NOT {unknown}")
        wrong: list[tuple[str, int | str]] = [(f"{value} IS NULL AND suspicious({raw}) AND {c}", n) for c, n in grave]
        damage = [(f"{value} IS NULL AND {c}", n) for c, n in self._damage(column, raw, expected)]
        rule = {"code": "is not in the look-up"}.get(column.type, f"is not {WORDS.get(column.type, 'in order')}")
        outside = self._fault(column, "is too small or too large", expected, mend) if len(fine) > 1 else 0
        last = self._fault(column, rule, expected, mend or "Write one of the codes of the template's list.")
        found = [(" AND ".join(fine), "NULL"), *wrong, *damage, *later, (f"{value} IS NULL", last)]
        return [*found, ("true", outside)] if outside else found

    def _fits(self, column: Column, raw: str) -> str:
        tests = [f"length({raw}) <= {LONGEST_TEXT}"]
        if column.like:
            tests.append(f"regexp_full_match({raw}, {text(column.like)})")
        if column.name == self.dataset.period_from:
            label = f"CASE WHEN {periods.is_label(raw)} THEN {raw} END"
            tests.append(f"coalesce({periods.first_day(label)} <= current_date, false)")
            if self.period:
                tests.append(f"{periods.of_row(self.dataset, raw)} = {text(self.period)}")
        return " AND ".join(tests)

    def _text(self, column: Column, raw: str, grave: list[tuple[str, int]]) -> list[tuple[str, int | str]]:
        expected, mend = self._expected(column), MENDS["text"]
        # A column whose cells match a pattern of its definition's is no free text.
        found: list[tuple[str, int | str]] = []
        if column.like:
            found.append((self._fits(column, raw), "NULL"))
        found += grave
        control = self._fault(column, "has characters that no text has", expected, mend)
        formula = self._fault(column, "begins as a formula does", f"{expected} that does not begin with = + - or @",
                              "Delete the sign at its start, or copy the cells and paste them as values.")  # fmt: skip
        found.append((rf"regexp_matches({raw}, '[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]')", control))
        found.append((rf"regexp_matches({raw}, '^[=@]|^[+-] ?[A-Za-z(=@]')", formula))
        if column.name == self.dataset.period_from:
            found += self._label(column, raw)
        if column.like:
            unlike = self._fault(column, "is not in the form expected", expected, f"Write {expected}.")
            found.append((f"NOT regexp_full_match({raw}, {text(column.like)})", unlike))
        long = self._fault(column, "is too long", f"at most {LONGEST_TEXT:,} characters", "Shorten the text.")
        return [*found, (f"length({raw}) > {LONGEST_TEXT}", long)]

    def _label(self, column: Column, raw: str) -> list[tuple[str, int | str]]:
        expected = column.expected or "a period such as 2025-11, 2025/26-Q3, YE-2026-03 or 2025-autumn"
        mend = "Format the column as Text and write the period as the template shows it."
        label = f"CASE WHEN {periods.is_label(raw)} THEN {raw} END"
        found: list[tuple[str, int | str]] = [
            (f"NOT {periods.is_label(raw)}", self._fault(column, "is not a period", expected, mend)),
            (f"{periods.first_day(label)} > current_date", self._future(column)),
        ]
        if self.period:
            found.append((f"{periods.of_row(self.dataset, raw)} <> {text(self.period)}", self._other_period(column)))
        return found

    def _future(self, column: Column) -> int:
        mend = "Look the date up: a year may be mistyped, or day and month swapped."
        return self._fault(column, "lies in the future", f"{WORDS.get(column.type, 'a period')}, not after today", mend)

    def _other_period(self, column: Column) -> int:
        mend = "Move the row to the return of its own period, or mend the date."
        return self._fault(column, "is of another period", f"rows of {self.period} only", mend)

    def _when(self, column: Column, value: str) -> list[tuple[str, int | str]]:
        """What dates cannot be: to come, or long ago."""
        day = f"({value} || '-01')::DATE" if column.type == "month" else f"{value}::DATE"
        mend = "Look the date up: a year may be mistyped, or a cell empty that Excel shows as 1900."
        ago = self._fault(column, "lies before 1900", f"{WORDS[column.type]}, from 1900 on", mend)
        return [(f"{day} > current_date", self._future(column)), (f"{day} < DATE '1900-02-01'", ago)]

    def _of_period(self, column: Column, value: str) -> list[tuple[str, int | str]]:
        return [(f"{periods.of_row(self.dataset, value)} <> {text(self.period)}", self._other_period(column))]

    def _damage(self, column: Column, raw: str, expected: str) -> list[tuple[str, int | str]]:
        """What Excel does to cells, and other faults that can be named."""
        name = lambda rule, mend: self._fault(column, rule, expected, mend)  # noqa: E731
        if column.type == "code":
            return self._code_damage(column, raw, expected)
        if column.type in ("date", "date-time"):
            how = "Format the column as a date (Format Cells, Date, 2025-11-30) before saving as CSV."
            return [
                (f"regexp_full_match({raw}, '{SERIAL}')", name("is the number Excel keeps for a date", how)),
                (rf"regexp_full_match({raw}, '[0-9]{{1,2}}[/.-][0-9]{{1,2}}[/.-][0-9]{{2}}( .*)?')",
                 name("has a year of two digits", "Write all four digits of the year.")),
                (rf"regexp_full_match({raw}, '(0?[1-9]|1[0-2])/(1[3-9]|2[0-9]|3[01])/[0-9]{{4}}( .*)?')",
                 name("has the month before the day", "Write the day first (30/11/2025) or the year first.")),
                (rf"regexp_full_match({raw}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}.*|([0-9]{{1,2}}/){{2}}/[0-9]{{4}}.*')",
                 name("is a day or time that does not exist" if column.type == "date" else
                      "is a time that does not exist, or no time of day", MENDS[column.type])),
            ]  # fmt: skip
        if column.type == "month":
            how = "Excel turned the month into a date: format the column as Text and write it again."
            return [(f"regexp_full_match({raw}, '{EXCEL_DATE}|{SERIAL}')", name("is a date, not a month", how))]
        if column.type in ("integer", "number"):
            how = "Format the column as Number without decimals, widen it, and save again: digits were lost."
            return [
                (f"regexp_full_match({raw}, '{SCIENTIFIC}')", name("is a number that Excel cut short", how)),
                (rf"regexp_full_match({raw}, '[0-9]{{1,2}}-[A-Z][a-z]{{2}}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')",
                 name("is a date", "Format the column as Number and type the number again.")),
            ]  # fmt: skip
        return []

    def _code_damage(self, column: Column, raw: str, expected: str) -> list[tuple[str, int | str]]:
        name = lambda rule, mend: self._fault(column, rule, expected, mend)  # noqa: E731
        date = name("is a date that Excel made of a code", f"{AS_TEXT}: Excel turned it into a date.")
        found: list[tuple[str, int | str]] = [(f"regexp_full_match({raw}, '{EXCEL_DATE}')", date)]
        if any(code.startswith("0") for code in self.look_ups[column.codes].spellings):
            zeros = name("has lost its leading zeros", f"{AS_TEXT}: Excel dropped the zeros at its start.")
            found.append((f"try_cast(ltrim({raw}, '0') AS {enum(column.codes, 'zeros')}) IS NOT NULL", zeros))
        serial = name("may be the number of a date that Excel made of a code", f"{AS_TEXT}.")
        whole = name("is a code that Excel made a decimal number", f"{AS_TEXT} without .0.")
        cut = name(
            "is a code that Excel cut short", f"{AS_TEXT}: its digits were lost, so take them from their source."
        )
        return [
            *found,
            (f"regexp_full_match({raw}, '{SERIAL}')", serial),
            (f"regexp_full_match({raw}, '{FLOAT}')", whole),
            (f"regexp_full_match({raw}, '{SCIENTIFIC}')", cut),
        ]


TYPED = {
    "text": "$r",
    "date": "CASE WHEN $r LIKE '____-__-__' THEN try_cast($r AS DATE) "
    "WHEN $r LIKE '%/%/____' THEN try_strptime($r, '%d/%m/%Y')::DATE "
    "WHEN regexp_full_match($r, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]00:00(:00(\\.0+)?)?') "
    "THEN try_cast(left($r, 10) AS DATE) "
    "WHEN regexp_full_match($r, '[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} 00:00(:00)?') "
    "THEN try_strptime(split_part($r, ' ', 1), '%d/%m/%Y')::DATE END",
    "date-time": "CASE WHEN regexp_full_match($r, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}"
    "(:[0-9]{2}(\\.[0-9]+)?)?') THEN try_cast($r AS TIMESTAMP) "
    "WHEN regexp_full_match($r, '[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-9]{2}') "
    "THEN try_strptime($r, '%d/%m/%Y %H:%M') "
    "WHEN regexp_full_match($r, '[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-9]{2}:[0-9]{2}') "
    "THEN try_strptime($r, '%d/%m/%Y %H:%M:%S') "
    "WHEN regexp_full_match($r, '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?"
    "(Z|[+-][0-9]{2}:[0-9]{2})') THEN timezone('Europe/London', try_cast($r AS TIMESTAMPTZ)) END",
    "month": "CASE WHEN regexp_full_match($r, '" + periods.MONTH + "') THEN $r "
    "WHEN regexp_full_match($r, '[0-9]{4}-(0[1-9]|1[0-2])-01([T ]00:00(:00)?)?') THEN left($r, 7) "
    "WHEN $r LIKE '01/%/____' THEN strftime(try_strptime($r, '%d/%m/%Y'), '%Y-%m') "
    "WHEN regexp_full_match($r, '[A-Za-z]{3,9} [0-9]{4}') THEN strftime(coalesce(try_strptime($r, '%B %Y'), "
    "try_strptime($r, '%b %Y')), '%Y-%m') END",
    "integer": "CASE WHEN regexp_full_match($r, '-?[0-9]{1,15}') THEN $r::BIGINT "
    "WHEN regexp_full_match($r, '-?[0-9]{1,3}(,[0-9]{3}){1,4}') THEN replace($r, ',', '')::BIGINT "
    "WHEN regexp_full_match($r, '-?[0-9]{1,15}\\.0+') THEN split_part($r, '.', 1)::BIGINT END",
    "number": "CASE WHEN regexp_full_match($r, '-?[0-9]{0,15}\\.?[0-9]{1,15}') THEN $r::DOUBLE "
    "WHEN regexp_full_match($r, '-?[0-9]{1,3}(,[0-9]{3}){1,4}(\\.[0-9]{1,15})?') "
    "THEN replace($r, ',', '')::DOUBLE END",
    "yes-no": "CASE lower($r) WHEN 'yes' THEN true WHEN 'no' THEN false WHEN 'y' THEN true WHEN 'n' THEN false "
    "WHEN 'true' THEN true WHEN 'false' THEN false WHEN '1' THEN true WHEN '0' THEN false END",
    "pseudonym": "CASE WHEN regexp_full_match($r, '[0-9a-f]{32,64}') THEN $r END",
}


def sql_type(column: Column) -> str:
    """The type of a column in the accepted file."""
    kinds = {"integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "date-time": "TIMESTAMP", "yes-no": "BOOLEAN"}
    return kinds.get(column.type, "VARCHAR")


def enum(codes: str, which: str) -> str:
    """The name of a type that holds the spellings of a look-up."""
    return f'"{which} of {codes}"'


def variable(codes: str) -> str:
    return f"codes of {codes}"


def one_code(codes: str, cell: str) -> str:
    """SQL for the code that a cell spells, null when none: exact spellings first, then without case and blanks."""
    kind = enum(codes, "spellings")
    folded = f"lower(trim(regexp_replace({cell}, '\\s+', ' ', 'g')))"
    found = f"coalesce(try_cast({cell} AS {kind}), try_cast({folded} AS {kind}))"
    return f"list_extract(getvariable({text(variable(codes))}), enum_code({found}) + 1)"
