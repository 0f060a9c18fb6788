"""What can be wrong with a cell, in words: each a fault with a number, by which SQL names it."""

from dataclasses import dataclass, field

HIDDEN = "(not shown)"


@dataclass(frozen=True)
class Fault:
    """Why a row is refused.

    column    the column's canonical name; `heading` as the sender knows it
    mend      one sentence on how to mend it, in Excel or LibreOffice
    hidden    the value is never repeated
    codes     the look-up that the cell should have been of; the nearest code is then named beside `mend`
    """

    column: str
    heading: str
    rule: str
    expected: str
    mend: str
    hidden: bool = False
    codes: str = ""


@dataclass
class Faults:
    """The faults that a file's rows can have. A fault's number is its place in the list, from 1."""

    known: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> int:
        if fault not in self.known:
            self.known.append(fault)
        return self.known.index(fault) + 1
