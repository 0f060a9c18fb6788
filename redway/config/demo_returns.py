"""Returns that the demo finds on its way: one refused, one with warnings to look into, one for a second person.

Each goes the way that every return goes. What becomes of it is what whoever tries the demo is asked to decide.
"""

import csv
import io
from collections.abc import Iterable

from redway import periods
from redway.aldermere.city import city
from redway.aldermere.partners import health, justice, places
from redway.aldermere.partners.drawing import Row
from redway.aldermere.partners.files import MONTHS, QUARTERS
from redway.sources.dataset import dataset as definition_of
from redway.work.returns import checking
from redway.work.returns.deliveries import acknowledge, deliver
from redway.work.returns.models import Delivery
from redway.work.returns.quarantine import Sent
from redway.work.returns.report import DeliveryReport
from redway.work.returns.states import State, Way

SEED = 20250401


def returns() -> None:
    """Hand them in and have them checked, once; a demo that has deliveries keeps them as they are."""
    if Delivery.objects.exists():
        return
    broken = [_broken(row) for row in health.assaults(city(), SEED, MONTHS[-2:-1])]
    _hand_in("hospital-istv", "aldermere-infirmary", "october-2025.csv", broken)
    # The other two are newer copies of what set-up brought, so their rows are of the same draw of all months.
    november = _of(MONTHS[-1:], "happened_at", places.fires(city(), SEED, MONTHS))
    _hand_in("fire", "aldermere-fire-and-rescue", "fires-november.csv", november[::3])
    newest = _of(QUARTERS[-3:], "referred_on", justice.slavery(city(), SEED, QUARTERS))
    decided = [row | {"conclusive_grounds": "positive"} for row in newest[:2]] + newest[2:]
    _hand_in("modern-slavery-referrals", "aldermere-city-council", "referrals.csv", decided, acknowledged=True)


def _of(months: range, column: str, rows: Iterable[Row]) -> list[Row]:
    """The rows whose date lies in some months."""
    labels = set(map(periods.label, months))
    return [row for row in rows if str(row[column])[:7] in labels]


def _broken(row: Row) -> Row:
    """As a spreadsheet set to American dates leaves it, by somebody who words what was used freely."""
    year, month, day = row["arrived_at"][:10].split("-")
    at = f"{month}/{day}/{year} {row['arrived_at'][11:]}"
    return row | {"arrived_at": at, "method": f"{row['method']} (said)"}


def _hand_in(dataset: str, agency: str, name: str, rows: Iterable[Row], *, acknowledged: bool = False) -> None:
    by = f"{agency} (demo)"
    made = deliver(
        files=[Sent(name, io.BytesIO(_as_csv(dataset, list(rows))))],
        dataset=dataset,
        agency=agency,
        way=Way.WEB,
        by=by,
    )
    now = checking.work_on(made)
    if acknowledged and now.state == State.TO_ACKNOWLEDGE:
        keys = [warning.key for warning in DeliveryReport.of_json(now.report).warnings]
        checking.work_on(acknowledge(delivery=now, warnings=keys, by=by))


def _as_csv(dataset: str, rows: list[Row]) -> bytes:
    """The rows under the headings of the template, as somebody who filled it in has them."""
    headings = {column.name: column.heading for column in definition_of(dataset).columns}
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([headings[column] for column in columns])
    writer.writerows([[row.get(column, "") for column in columns] for row in rows])
    return text.getvalue().encode()
