"""Who looked at what: reads of rows about people, and of exact counts that others see hidden.

Reads of open data are not written down. The row is written before anything is shown, in a transaction of its own:
a page that fails after it, or a download that breaks off, still leaves its trace.
"""

from django.db import transaction

from redway.work.audit.actions import Person, record
from redway.work.audit.models import AuditRow

ROWS, SMALL_COUNTS = "read-rows", "see-small-counts"


def record_read(*, by: Person | str, dataset: str, what: str, purpose: str, rows: int | None = None) -> AuditRow:
    """Write down that somebody reads rows of a partners' dataset; call it before they are shown or sent.

    by       a person, or the name of a service account
    dataset  its name: "hospital-istv"
    what     which rows, in words that say nothing of what is in them: "refused rows of delivery 3f2a…"
    purpose  what they are read for, as the gateways name it: "analysis"
    rows     how many, where that is known

    Raises RuntimeError inside another transaction, which could take the row back.
    """
    return _written(ROWS, by, dataset, {"what": what, "purpose": purpose, "rows": rows})


def record_small_counts(*, by: Person | str, dataset: str, what: str, purpose: str) -> AuditRow:
    """Write down that somebody is shown counts of a partners' dataset without disclosure control.

    what     the page or file: "indicator hospital-assaults", "map of 2025-11"

    Raises RuntimeError inside another transaction, which could take the row back.
    """
    return _written(SMALL_COUNTS, by, dataset, {"what": what, "purpose": purpose})


def _written(action: str, by: Person | str, dataset: str, detail: dict[str, str | int | None]) -> AuditRow:
    with transaction.atomic(durable=True):
        return record(by=by, action=action, subject=f"dataset {dataset}", detail=detail)
