"""The list of refused rows as it is kept: it tells every fault, and takes no more of the disk than was sent."""

import csv
import io

import pytest

from redway.work.returns import quarantine
from redway.work.returns.states import State
from tests.work.returns.conftest import HEADS, fires

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_small_file_of_faults_alone_takes_little_of_the_disk(ready, hand_in):
    text = fires(month="2025-11") + ("x" + "," * (len(HEADS) - 1) + "\n") * 2_000
    delivery = hand_in(text)
    assert delivery.state == State.REFUSED
    with quarantine.refused_rows(delivery, ready) as rows:
        told = rows.read()
    _, *listed = csv.reader(io.StringIO(told.decode("utf-8-sig"), newline=""))
    assert len({row[1] for row in listed}) == 2_000
    assert len(told) > 10 * len(text)
    assert (ready.quarantine / delivery.refused_rows).stat().st_size < len(text)
