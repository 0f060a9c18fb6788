"""The code that a mistyped cell is most like, for its mending to name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from redway.errors import nearest
from redway.sources.returned.look_ups import LookUp

MOST = 200  # different cells of a file that are compared with every code: each takes milliseconds
LONGEST = 60  # characters; longer cells hold sentences, not codes


@dataclass
class Nearest:
    """Gives the nearest code of a look-up, remembering what it was asked."""

    look_ups: Mapping[str, LookUp]
    found: dict[tuple[str, str], str] = field(default_factory=dict)

    def codes(self, names: Any, cells: Any) -> Any:
        """`code` of each pair of two Arrow arrays of text, as one such array; null where there is no cell.

        For DuckDB, whole batches at a time: at every single value of a function of single values it looks for
        libraries that may be missing, which takes longer than all the rest.
        """
        import pyarrow as pa  # slow to load, and most files need it not

        asked = zip(names.to_pylist(), cells.to_pylist(), strict=True)
        return pa.array([self.code(name, cell) if name and cell else None for name, cell in asked], pa.string())

    def code(self, name: str, cell: str) -> str:
        """The code of the look-up of that name; empty when none is near, or too many were asked for. Of several codes
        in a cell, that of the first which is none.
        """
        if (name, cell) not in self.found:
            if len(self.found) >= MOST:
                return ""
            self.found[name, cell] = self._look(self.look_ups[name], cell)
        return self.found[name, cell]

    def _look(self, codes: LookUp, cell: str) -> str:
        spelt = codes.spellings
        wrong = [part for part in cell.split(";") if part.strip() and " ".join(part.split()).casefold() not in spelt]
        if not wrong or len(wrong[0]) > LONGEST:
            return ""
        return spelt.get(nearest(" ".join(wrong[0].split()), spelt), "")
