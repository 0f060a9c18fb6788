"""A receipt in plain text, for the command line."""

from collections.abc import Sequence

from redway.errors import plain
from redway.sources.dataset import Example, dataset
from redway.work.returns.receipt import Outcome, Receipt, Result

NOTES = {
    "unlocated": "without a location",
    "outside": "outside the partnership",
    "placed nowhere": "kept, though where they happened is not known well enough to put them in an area",
    "no area": "with a point but no area code; they are counted nowhere",
    "bad point": "with an area code and a bad point; the point was dropped",
    "repeated crime ID": "with a crime ID that came before in the file; both rows are kept",
    "reported by another force": "reported by another force than most of their file",
    "no crime ID": "without a crime ID",
    "another outcome of a crime": "with the ID of a crime that an earlier row names; all its outcomes are kept",
    "alike in every cell": "that an earlier row equals in every cell; all are kept",
    "bad point, dropped": "with a point outside the British Isles or half a point; the point was dropped",
    "unknown words": "with gender, age range or ethnicity in words that Redway does not know; kept as sent",
    "no time of day": "at exactly midnight, which may mean that only the day was given",
    "no legal power": "without the legal power that was used",
    "no age": "of persons without an age range",
    "no self-defined ethnicity": "of persons without a self-defined ethnicity",
    "no outcome": "without an outcome, which is not the same as nothing found",
    "negative": "below zero: more earlier records were cancelled than new ones made",
    "unassigned": "that a force put to no partnership",
    "partnership not known": "of partnerships whose name the look-up does not know; they have no code",
    "no last line end": "at the end of a file that lacks a last line end; it may have been cut short",
}
SHOWN_SKIPPED = 5


def told(receipt: Receipt, *, newest: int) -> str:
    """The whole receipt: a table of files, totals, refusals by reason, what is odd, and the data version.

    newest  the newest data version, for a receipt that made none
    """
    blocks = [_table(receipt), _refusals(receipt), _notes(receipt), _skipped(receipt), _warnings(receipt)]
    return "\n\n".join(block for block in [*blocks, _ending(receipt, newest)] if block)


def _table(receipt: Receipt) -> str:
    """One line a submission, and a column for each note that its dataset always tells."""
    notes = list(dict.fromkeys(name for r in receipt.results for name in dataset(r.dataset).always_told))
    heads = ["provider", "period", "rows read", "accepted", "refused", *notes, "outcome"]
    rows = [_cells(result, notes) for result in receipt.results]
    if len(rows) > 1:
        total = [receipt.rows_read, receipt.rows_accepted, sum(r.count for r in receipt.refused)]
        total += [receipt.notes.get(name, 0) for name in notes]
        rows.append(["total", f"{len(rows)} files", *(f"{n:,}" for n in total), ""])
    widths = [max(len(line[i]) for line in [heads, *rows]) for i in range(len(heads))]
    numbers = range(2, len(heads) - 1)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if i in numbers else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in [heads, *rows]
    )


def _cells(result: Result, notes: Sequence[str]) -> list[str]:
    numbers = [result.rows_read, result.rows_accepted, result.rows_refused]
    numbers += [result.notes.get(name, 0) for name in notes]
    provider = plain(result.provider or result.dataset)
    return [provider, result.period or "-", *(f"{n:,}" for n in numbers), str(result.outcome)]


def _refusals(receipt: Receipt) -> str:
    if not receipt.refused:
        return ""
    lines = [
        f"  {r.count:,} {r.reason}. First: {r.first}."
        + (f" What came: “{plain(r.came)}”." if r.came else "")
        + (f" Expected: {r.expected}." if r.expected else "")
        for r in receipt.refused
    ]
    return "Refused rows, by reason:\n" + "\n".join(lines)


def _notes(receipt: Receipt) -> str:
    lines = [
        f"  {count:,} {NOTES.get(name, name)}{_example(receipt.examples.get(name))}"
        for name, count in receipt.notes.items()
        if count
    ]
    return "Accepted rows to know about:\n" + "\n".join(lines) if lines else ""


def _example(example: Example | None) -> str:
    if not example:
        return ""
    return f". First: {example.first}. What came: “{plain(example.came)}”. Likely cause: {example.cause}"


def _skipped(receipt: Receipt) -> str:
    if not receipt.skipped:
        return ""
    lines = [f"  {plain(s.name)}: {s.why}" for s in receipt.skipped[:SHOWN_SKIPPED]]
    more = len(receipt.skipped) - SHOWN_SKIPPED
    return "Files left aside:\n" + "\n".join(lines) + (f"\n  and {more:,} more" if more > 0 else "")


def _warnings(receipt: Receipt) -> str:
    return "\n".join(f"Warning: {plain(line)}" for line in receipt.told_warnings)


def _ending(receipt: Receipt, newest: int) -> str:
    if receipt.version is not None:
        return f"Data version {receipt.version} was made."
    if any(r.outcome is Outcome.RESTORED for r in receipt.results):
        return f"Lost or damaged files were put back. The newest data version is still {newest}."
    return f"Nothing changed: these rows are accepted already. The newest data version is still {newest}."
