"""What can be wrong with a cell, in words: each a fault with a number, by which SQL names it."""

from dataclasses import dataclass, field

HIDDEN = "(not shown)"


@dataclass(frozen=True)
class Fault:
    """Why a row is refused.

    column    the column's canonical name; `heading` as the sender knows it
    mend      one sentence on how to mend it, in Excel or LibreOffice
    hidden    the value is never repeated
    grave     it refuses the whole file: what looks like a direct identifier
    """

    column: str
    heading: str
    rule: str
    expected: str
    mend: str
    hidden: bool = False
    grave: bool = False


@dataclass
class Faults:
    """The faults that a file's rows can have. A fault's number is its place in the list, from 1."""

    known: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> int:
        if fault not in self.known:
            self.known.append(fault)
        return self.known.index(fault) + 1

    def numbers(self, *, grave: bool = False, hidden: bool = False) -> list[int]:
        """The numbers of the faults that are grave, or hide their value."""
        return [n for n, fault in enumerate(self.known, 1) if (grave and fault.grave) or (hidden and fault.hidden)]
