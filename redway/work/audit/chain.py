"""Whether the audit is whole."""

from dataclasses import dataclass

from redway.work.audit.models import START, AuditRow


@dataclass(frozen=True)
class Broken:
    """The first place where the chain does not hold."""

    number: int
    why: str


def verify() -> Broken | None:
    """Walk the chain from its first row; the first fault, or None when every row is as it was written.

    Rows cut off the end leave a shorter chain that holds: against that, keep its head somewhere else
    (`redway audit verify` prints it) and ask later whether the chain still `holds` it.
    """
    expected, previous = 1, START
    for row in AuditRow.objects.order_by("number").iterator(chunk_size=2000):
        if row.number != expected:
            return Broken(expected, "is missing")
        if row.previous != previous:
            return Broken(row.number, "does not follow the row before it")
        if row.hash != row.computed_hash():
            return Broken(row.number, "was changed after it was written")
        expected, previous = row.number + 1, row.hash
    return None


def head() -> AuditRow | None:
    """The newest row; its hash stands for the whole chain."""
    return AuditRow.objects.order_by("-number").first()


def holds(written_down: str) -> bool:
    """Whether a hash that somebody wrote down is still in the chain."""
    return AuditRow.objects.filter(hash=written_down).exists()
