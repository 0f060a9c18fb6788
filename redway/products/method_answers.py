"""What a method says of a table, as files hold it: CSV for a spreadsheet or R, JSON for programs."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

import redway
from redway.methods.catalogue import Answer, Array, Method
from redway.products import csv

JSON_VERSION = 1


def as_csv(answer: Answer) -> str:
    """The rows under their heading; lines end as the terminal's do."""
    columns = [_values(values) for values in answer.rows.values()]
    return csv.document(list(answer.rows), zip(*columns, strict=True), {}).replace("\r\n", "\n")


def as_json(answer: Answer, *, method: Method, parameters: Mapping[str, Any], seed: int | None, file: str) -> str:
    """The rows with the sentence, the notes, and what would make them again."""
    names = list(answer.rows)
    columns = [[_finite(value) for value in _values(values)] for values in answer.rows.values()]
    said = {
        "version": JSON_VERSION,
        "redway": redway.__version__,
        "method": method.name,
        "file": file,
        "parameters": {name: _setting(value) for name, value in parameters.items()},
        "seed": seed,
        "sentence": answer.sentence,
        "notes": list(answer.notes),
        "rows": [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)],
    }
    return json.dumps(said, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _values(values: Array) -> list[Any]:
    """As Python has them, numbers still numbers: dates are ISO text, or None where not known."""
    array = np.asarray(values)
    if array.dtype.kind == "M":
        return [None if np.isnat(value) else str(value) for value in array]
    return list(array.tolist())


def _setting(value: Any) -> Any:
    """A setting, or each of a list of them."""
    return [_finite(one) for one in value] if isinstance(value, tuple | list) else _finite(value)


def _finite(value: Any) -> Any:
    """JSON has no infinity: it is written out, and NaN is nothing known."""
    if not isinstance(value, float) or np.isfinite(value):
        return value
    return None if np.isnan(value) else f"{'-' if value < 0 else ''}infinity"
