"""How a cell of each type is read and checked: SQL made from its column's definition.

Of a column `x`, SQL sees the cell's text as `r_x` (null when empty), and `o_x`, its value where it is an ordinary one
(ordinary.py); it makes of them the typed value `x`, null when it cannot. A second expression gives the number of the
cell's fault, null for none. What is wrong with a cell, and how Excel may have done it, is asked of faulty ones alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from redway.periods import in_words
from redway.sources.dataset import Column, Dataset
from redway.sources.returned import ordinary, periods
from redway.sources.returned.faults import Fault, Faults
from redway.sources.returned.headings import listed
from redway.sources.returned.look_ups import LookUp
from redway.store.query import text

PERIODS = "periods in words"  # the name by which their spellings are looked up
LONGEST_TEXT = 5_000
SHOWN = 12  # codes of a list
DAY = r"([0-9]{1,2}/){2}[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}"
EXCEL_DATE = rf"[0-9]{{1,2}}-[A-Z][a-z]{{2}}(-[0-9]{{2,4}})?|[A-Z][a-z]{{2}}-[0-9]{{2,4}}|({DAY})([T ]00:00(:00)?)?"
SERIAL = r"[2-5][0-9]{4}(\.[0-9]+)?"
FLOAT = r"-?[0-9]+\.0+"
SCIENTIFIC = r"-?[0-9](\.[0-9]+)?[eE]\+?[0-9]+"
CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]"
FORMULA = r"(?:[=@]|[+-] ?[A-Za-z(=@])"
SIGNS = ", ".join(str(ord(sign)) for sign in "=@+-")  # with which a formula begins
TIMELESS = (
    "Write the time after the date, as 22:15; 00:00 only where it was midnight. In a spreadsheet, give the column a "
    "format that shows the time too, such as 2025-11-30 00:00."
)
AS_TEXT = "Format the column as Text (Format Cells, Text) before typing or pasting, then put the code back"
LOST_ZEROS = "has lost its leading zeros"
AS_NUMBER = "Format the column as Number and type the number again"
PERIOD = "a period such as 2025-11, 2025/26-Q3, YE-2026-03 or 2025-autumn"
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
MONTH_FIRST = "has the month before the day"
DAY_FIRST = "Write the day first (30/11/2025) or the year first (2025-11-30)."
EMPTY, NO_CODE = "is empty", "is none of the codes"
OTHER_PERIOD, TO_COME = "is of another period", "lies in the future"
NO_DAY = ("is a day that does not exist, or has a time", "is a day or time that does not exist")
# What can be told of a cell that could not be read: pattern, what is wrong with it, how to mend it.
OF_CODES = (
    (EXCEL_DATE, "is a date that Excel made of a code", f"{AS_TEXT}: Excel turned it into a date."),
    (SERIAL, "may be the number of a date that Excel made of a code", f"{AS_TEXT}."),
    (FLOAT, "is a code that Excel made a decimal number", f"{AS_TEXT} without .0."),
    (SCIENTIFIC, "is a code that Excel cut short", f"{AS_TEXT}: its digits were lost, so take them from their source."),
)
OF_DATES = (
    (SERIAL, "is the number that Excel keeps for a date", "Format the column as a date, as 2025-11-30."),
    (r"([0-9]{1,2}[/.-]){2}[0-9]{2}( .*)?", "has a year of two digits", "Write all four digits of the year."),
    (r"(0?[1-9]|1[0-2])/(1[3-9]|2[0-9]|3[01])/[0-9]{4}( .*)?", MONTH_FIRST, DAY_FIRST),
)  # fmt: skip
OF_NUMBERS = (
    (SCIENTIFIC, "is a number in powers of ten", "Write it in full. A spreadsheet that shows it so has lost its last "
     "digits: format the column as Number and take them from their source."),
    (r"[0-9]{1,2}-[A-Z][a-z]{2}(-[0-9]{2,4})?|[A-Z][a-z]{2}-[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}.*", "is a date",
     f"{AS_NUMBER}: Excel turned it into a date."),
)  # fmt: skip
UNREAD = {
    "date": (*OF_DATES, (f"({DAY}).*", NO_DAY[0], MENDS["date"])),
    "date-time": (
        *OF_DATES,
        (DAY, "has no time of day", TIMELESS),
        (f"({DAY}).*", NO_DAY[1], MENDS["date-time"]),
    ),
    "month": ((f"{EXCEL_DATE}|{SERIAL}", "is a date, not a month", f"{MENDS['month']} Excel made it a date."),),
    "integer": OF_NUMBERS,
    "number": OF_NUMBERS,
}


@dataclass(frozen=True)
class Cell:
    """The SQL of one column: its typed value, whether the cell is at fault, the fault's number (asked of cells at
    fault alone), and whether a decimal was taken as a whole number.
    """

    column: Column
    typed: str
    wrong: str = "false"
    number: str = "NULL"
    float: str = ""


@dataclass
class Cells:
    """Makes the SQL of each column of a file, and collects the faults that it names by number.

    headings  column -> the heading it stands under in the file
    areas     whether the type of known areas was made
    period    label that rows are to be of; empty when they say it themselves
    in_words  whether the type of periods in words was made
    controls  whether there are characters somewhere in the file that no text has
    """

    dataset: Dataset
    headings: Mapping[str, str]
    look_ups: Mapping[str, LookUp]
    faults: Faults
    areas: bool
    period: str
    in_words: bool
    controls: bool

    def of(self, column: Column) -> Cell:
        """The SQL of one column. A column that the file has not is null throughout."""
        if column.name not in self.headings:
            return Cell(column, f"NULL::{sql_type(column)}")
        raw, value = f'"r_{column.name}"', f'"{column.name}"'
        bounds = self._bounds(column, value)
        missing = f"{value} IS NULL" + ("" if column.required else f" AND {raw} IS NOT NULL")
        wrong = " OR ".join([f"({missing})", *(f"coalesce({condition}, false)" for condition, _ in bounds)])
        read = [(f"{value} IS NULL AND {condition}", number) for condition, number in self._unread(column, raw)]
        beyond = [(f"{value} IS NOT NULL AND {condition}", number) for condition, number in bounds]
        when = "".join(f" WHEN {condition} THEN {number}" for condition, number in [*read, *beyond])
        rule = {"code": NO_CODE, "pseudonym": "is no pseudonym, and may name a person"}
        words = rule.get(column.type, f"is not {self._words(column)}")
        codes = column.codes if column.kept else ""
        last = self._fault(column, words, hidden=_secret(column), codes=codes)
        empty = self._fault(column, EMPTY, mend="Fill in the cell.") if column.required else "NULL"
        return Cell(
            column,
            self._typed(column, raw),
            f"({wrong})",
            f"(CASE WHEN {raw} IS NULL THEN {empty}{when} ELSE {last} END)",
            f"({value} IS NOT NULL AND contains({raw}, '.'))" if column.type == "integer" else "",
        )

    def _fault(
        self, column: Column, rule: str, *, expected: str = "", mend: str = "", hidden: bool = False, codes: str = ""
    ) -> int:
        """The number of a fault of a column; what was expected and how to mend it are its type's unless said."""
        mend = mend or MENDS.get(column.type, "Write one of the codes of the template's list.")
        heading, hidden, expected = (
            self.headings[column.name],
            hidden or not column.kept,
            expected or self._expected(column),
        )
        return self.faults.add(Fault(column.name, heading, rule, expected, mend, hidden, codes))

    def _expected(self, column: Column) -> str:
        if column.expected:
            return column.expected
        if column.type == "code":
            codes = self.look_ups[column.codes].codes
            kind = "codes parted by semicolons, each" if column.many else "a code,"
            return f"{kind} one of {listed(codes, SHOWN, more='others of the list in the template')}"
        words = self._words(column)
        if column.least is not None and column.most is not None:
            return f"{words} from {column.least:g} to {column.most:g}"
        if column.least is not None:
            return f"{words}, {column.least:g} or more"
        return f"{words}, {column.most:g} or less" if column.most is not None else words

    def _words(self, column: Column) -> str:
        """What a cell of a column's type is, in words."""
        labels = column.type == "text" and column.name == self.dataset.period_from
        return PERIOD if labels else WORDS.get(column.type, "a code")

    def _typed(self, column: Column, raw: str) -> str:
        made = self._made(column, raw)
        if column.type == "text":
            return made
        return f'CASE WHEN "o_{column.name}" IS NOT NULL THEN "o_{column.name}" WHEN {raw} IS NOT NULL THEN {made} END'

    def _made(self, column: Column, raw: str) -> str:
        """SQL for the value of a cell, in every way that is taken."""
        if column.type == "code":
            code = self._code(column, raw)
            return code if column.many else f"try_cast({code} AS {enum(column.codes, 'codes')})"
        if column.type == "area":
            code = f"upper({raw})"
            return f"CASE WHEN regexp_full_match({code}, '{ordinary.LSOA}') THEN {code} END"
        if column.type == "text" and column.name == self.dataset.period_from:
            return f"CASE WHEN {periods.is_label(raw)} THEN {raw} ELSE {self._in_words(raw)} END"
        if column.type == "month":
            return self._month(column, raw)
        if column.type == "text":
            fits = [f"length({raw}) <= {LONGEST_TEXT}"]
            fits += [f"regexp_full_match({raw}, {text(column.like)})"] if column.like else []
            fits += [f"NOT regexp_matches({raw}, '{CONTROL}')"] if self.controls else []
            begins = f"regexp_matches({raw}, '^{FORMULA}')"  # dear to ask, and of few cells
            return (
                f"CASE WHEN {' AND '.join(fits)} AND CASE WHEN ascii({raw}) IN ({SIGNS}) THEN NOT {begins} "
                f"ELSE true END THEN {raw} END"
            )
        return TYPED[column.type].replace("$r", raw)

    def _in_words(self, raw: str) -> str:
        """SQL for the label of a period that is written in words."""
        return one_code(PERIODS, raw) if self.in_words else "(NULL::VARCHAR)"

    def _month(self, column: Column, raw: str) -> str:
        """A month, or as it is written in words; of a quarterly return by its last month also any day of that month,
        and the quarter itself.
        """
        words = self._in_words(raw)
        made = [
            TYPED["month"].replace("$r", raw),
            f"CASE WHEN regexp_full_match({words}, '{periods.MONTH}') THEN {words} END",
        ]
        if column.name == self.dataset.period_from and self.dataset.cadence == "quarterly":
            day = f"({TYPED['date'].replace('$r', raw)})"
            made.append(f"CASE WHEN month({day}) % 3 = 0 THEN strftime({day}, '%Y-%m') END")
            last = f"{periods.first_day(words)} + INTERVAL 2 MONTH"
            made.append(f"CASE WHEN {words} LIKE '%-Q_' THEN strftime({last}, '%Y-%m') END")
        return f"coalesce({', '.join(made)})"

    def _code(self, column: Column, raw: str) -> str:
        one = one_code(column.codes, raw)
        if not column.many:
            return one
        # One that no code spells becomes a character that no code has, and the whole cell is then not taken.
        part = f"CASE WHEN trim(p) = '' THEN '' ELSE coalesce({one_code(column.codes, 'p')}, chr(1)) END"
        each = f"list_sort(list_distinct(list_transform(string_split({raw}, ';'), lambda p: {part})))"
        joined = f"trim(array_to_string({each}, ';'), ';')"
        several = f"nullif(regexp_extract({joined}, '^[^\\x01]+$'), '')"
        return f"coalesce({one}, CASE WHEN contains({raw}, ';') THEN {several} END)"

    def _bounds(self, column: Column, value: str) -> list[tuple[str, int]]:
        """What a typed value may not be -> the fault's number."""
        found: list[tuple[str, int]] = []
        if column.least is not None:
            found.append((f"{value} < {column.least!r}", self._fault(column, "is too small")))
        if column.most is not None:
            found.append((f"{value} > {column.most!r}", self._fault(column, "is too large")))
        if column.type == "area" and self.areas:
            unknown = self._fault(column, "is an area of neither 2011 nor 2021")
            asked = f"{value} IS NOT NULL AND try_cast({value} AS known_areas) IS NULL"
            found.append((f'CASE WHEN "o_{column.name}" IS NULL THEN {asked} END', unknown))
        day, first, last = self._day(column, value)
        if day:
            mend = "Look the date up: a year may be mistyped, or day and month swapped."
            future = self._fault(column, TO_COME, expected=f"{self._expected(column)}, not in the future", mend=mend)
            mend = "Look the date up: a year may be mistyped, or the cell empty and shown as 1900."
            ago = self._fault(column, "lies before 1901", expected=f"{self._expected(column)}, from 1901 on", mend=mend)
            found += [(f"{day} > {last}", future), (f"{day} < {first}", ago)]
        if column.name == self.dataset.period_from and self.period:
            mend = "Move the row to the return of its own period, or mend the date."
            only = f"rows of {in_words(self.period)} only"
            other = self._fault(column, OTHER_PERIOD, expected=only, mend=mend)
            found.append((f"{periods.of_row(self.dataset, value)} <> {text(self.period)}", other))
        return found

    def _day(self, column: Column, value: str) -> tuple[str, str, str]:
        """SQL for the day of a date, a month, or the first day of a period, empty for a column of another kind; and for
        the first and the last that there may be.
        """
        if column.type == "month":
            return value, "'1901-01'", "strftime(current_date, '%Y-%m')"
        day = f"{value}::DATE" if column.type in ("date", "date-time") else ""
        if column.type == "text" and column.name == self.dataset.period_from:
            day = f"({periods.first_day(value)})"
        return day, "DATE '1901-01-01'", "current_date"

    def _unread(self, column: Column, raw: str) -> list[tuple[str, int]]:
        """What can be named of a cell that is not of its column's type, as what Excel does -> the fault's number."""

        def when(pattern: str, rule: str, mend: str, expected: str = "") -> tuple[str, int]:
            fault = self._fault(column, rule, expected=expected, mend=mend)
            return f"regexp_full_match({raw}, '{pattern}')", fault

        if column.type == "code":
            zeros = f"try_cast(ltrim({raw}, '0') AS {enum(column.codes, 'zeros')}) IS NOT NULL"
            if column.many:
                part = f"coalesce({one_code(column.codes, 'p')}, '') <> '' OR {zeros.replace(raw, 'trim(p)')}"
                zeros = f"len(list_filter(string_split({raw}, ';'), lambda p: NOT ({part}))) = 0"
            lost = self._fault(column, LOST_ZEROS, mend=f"{AS_TEXT}: Excel dropped its first zeros.")
            with_zeros = any(code.startswith("0") for code in self.look_ups[column.codes].spellings)
            return [*(when(*each) for each in OF_CODES[:1]), *([(zeros, lost)] if with_zeros else []),
                    *(when(*each) for each in OF_CODES[1:])]  # fmt: skip
        if column.type == "text" and column.name != self.dataset.period_from:
            expected = f"{self._expected(column)} that does not begin with = + - or @"
            unlike = self._fault(column, "is not in the form expected", mend=f"Write {self._expected(column)}.")
            of_code = [when(*each) for each in OF_CODES[-1:]] if column.like else []
            if column.like:
                padded = " OR ".join(f"regexp_full_match('{'0' * n}' || {raw}, {text(column.like)})" for n in (1, 2, 3))
                lost = self._fault(column, LOST_ZEROS, mend=f"{AS_TEXT}: Excel dropped its first zeros.")
                of_code.append((f"regexp_full_match({raw}, '[0-9]+') AND ({padded})", lost))
            return [
                *of_code,
                when(f"(?s:.*{CONTROL}.*)", "has characters that no text has", MENDS["text"]),
                when(f"(?s:{FORMULA}.*)", "begins as a formula does", "Delete the sign at its start.", expected),
                (f"length({raw}) <= {LONGEST_TEXT}", unlike),
                ("true", self._fault(column, "is too long", expected=f"at most {LONGEST_TEXT:,} characters")),
            ]
        kind = "month" if column.type == "text" else column.type  # the label of a period is damaged as a month is
        return [when(*each) for each in UNREAD.get(kind, ())]


def _secret(column: Column) -> bool:
    """Whether a cell at fault may be a direct identifier whatever it looks like."""
    return column.type == "pseudonym"


TYPED = {
    "text": "$r",
    "date": "CASE WHEN $r LIKE '____-__-__' AND right($r, 1) BETWEEN '0' AND '9' THEN try_cast($r AS DATE) "
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
    "WHEN regexp_full_match($r, '0?1/[0-9]{1,2}/[0-9]{4}') THEN strftime(try_strptime($r, '%d/%m/%Y'), '%Y-%m') "
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
    """The name of a type that holds the codes, or the spellings, of a look-up."""
    return f'"{which} of {codes}"'


def variable(codes: str) -> str:
    return f"codes of {codes}"


def one_code(codes: str, cell: str) -> str:
    """SQL for the code that a cell spells, null when none: exact spellings first, then without case and blanks."""
    kind = enum(codes, "spellings")
    folded = f"lower(trim(regexp_replace({cell}, '\\s+', ' ', 'g')))"
    found = f"coalesce(try_cast({cell} AS {kind}), try_cast({folded} AS {kind}))"
    return f"list_extract(getvariable({text(variable(codes))}), enum_code({found}) + 1)"
