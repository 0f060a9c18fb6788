"""Names of files as people and machines make them: quotes, line ends, marks that turn a line round, hundreds of
characters. They are shown and kept safely wherever they turn up.
"""

import csv
import io
import json
import zipfile

import pytest

from redway.work.audit.chain import verify
from redway.work.audit.models import AuditRow
from redway.work.returns import quarantine, result
from redway.work.returns.checking import work_on
from redway.work.returns.deliveries import deliver
from redway.work.returns.models import Submission
from redway.work.returns.quarantine import Sent
from redway.work.returns.refused import FORMULA
from redway.work.returns.states import State, Way

from .conftest import fires, sent

pytestmark = pytest.mark.django_db(transaction=True)
TURNED = "\N{RIGHT-TO-LEFT OVERRIDE}"
NAMES = [
    'it\'s "quoted", with; marks.csv',
    "two\nlines\r\n.csv",
    f"november{TURNED}vsc.exe.csv",
    "bell\x07and\x1b[31mred\x1b[0m.csv",
    "n" * 296 + ".csv",
    "界" * 300 + ".csv",
    "🔥" * 74 + "é.csv",
    "=HYPERLINK(A1).csv",
    "../../../etc/passwd.csv",
    "C:\\Users\\fay\\fires.csv",
    "from a machine \udcff of old.csv",
    "<script>alert(1)</script>.csv",
    "Café, décembre.csv",
]


def is_safe(text):
    """Whether nothing in it steers a screen or cannot be written as UTF-8."""
    return text.isprintable() and text.encode().decode() == text


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_refused_file_is_told_of_under_a_name_that_can_be_shown(ready, hand_in, name):
    delivery = hand_in(fires({"Casualties": "many"}), name=name)
    assert delivery.state == State.REFUSED
    [kept] = delivery.file_names
    assert is_safe(kept)
    assert "/" not in kept
    assert kept.endswith(".csv")
    assert len(kept.encode()) <= quarantine.LONGEST_NAME
    assert kept in result.told(delivery, "Tests Fire Service")
    for text in (*result.told(delivery, "Tests Fire Service").splitlines(), json.dumps(delivery.report)):
        assert is_safe(text)
    told = AuditRow.objects.get(action="deliver-return").detail["files"][0]["name"]
    assert (told, verify()) == (kept, None)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_the_list_of_refused_rows_names_it_and_runs_nothing(ready, hand_in, name):
    delivery = hand_in(fires({"Casualties": "many"}), name=name)
    with quarantine.refused_rows(delivery, ready) as rows:
        heading, row = csv.reader(io.StringIO(rows.read().decode("utf-8-sig"), newline=""))
    assert heading[0] == "File"
    assert row[0].removeprefix("'") == delivery.file_names[0]
    assert not row[0].startswith(FORMULA)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_an_accepted_file_is_kept_under_it(ready, hand_in, name):
    assert hand_in(fires({}), name=name).state == State.ACCEPTED
    assert is_safe(Submission.objects.get(dataset="fire").file_name)


def test_names_within_a_zip(ready):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr(f"two\nlines{TURNED}.csv", fires({}, month="2025-09"))
        made.writestr("x" * 200 + "." + "y" * 250 + ".csv", fires({}, month="2025-10"))
        made.writestr(f"read{TURNED}me.txt", "nothing")
    packed.seek(0)
    files = [Sent(f"autumn{TURNED}.zip", packed), sent(fires({}), "november.csv")]
    delivery = work_on(deliver(files=files, dataset="fire", way=Way.COMMAND, by="a test"))
    assert delivery.state == State.ACCEPTED, delivery.report["fault"]
    names = Submission.objects.filter(dataset="fire").values_list("file_name", flat=True)
    assert len(names) == 3
    for text in (*names, *(name for name, _why in delivery.report["skipped"]), *delivery.file_names):
        assert is_safe(text)
    assert max(map(len, names)) <= 255
