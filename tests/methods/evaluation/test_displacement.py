import numpy as np
import pytest

from redway.methods.evaluation.displacement import displacement
from redway.methods.inputs import Unfit


def test_by_hand():
    """Treated 200 to 120, buffer 100 to 90, comparison 400 to 400: 80 fewer, and 10 fewer next door."""
    found = displacement((200, 120), (100, 90), (400, 400))
    assert (found.direct.value, found.buffer.value, found.net.value) == (-80, -10, -90)
    assert found.wdq == pytest.approx(0.125)
    assert found.wdq_low < 0.125 < found.wdq_high


@pytest.mark.parametrize(("after", "word"), [((400, 600), "displacement"), ((400, 200), "diffusion")])
def test_ways_are_named(after, word):
    assert f"({word}:" in displacement((900, 500), after, (2000, 2000)).sentence


def test_intervals_hold_and_fieller_s_too():
    rng, net, quotient, known = np.random.default_rng(1), 0, 0, 0
    for _ in range(600):
        found = displacement(rng.poisson([300, 200]), rng.poisson([200, 230]), rng.poisson([500, 500]))
        net += found.net.low <= -70 <= found.net.high
        if not found.cannot_tell:
            known += 1
            quotient += found.wdq_low <= -0.3 <= found.wdq_high
    assert 0.93 <= net / 600 <= 0.975
    assert 0.93 <= quotient / known <= 0.98


def test_nothing_to_displace():
    assert "nothing to displace" in displacement((100, 98), (50, 52), (100, 100)).sentence
    assert "No displacement" in displacement((10, 9), (5, 5), (10, 0)).sentence
    assert displacement((10, 9), (0, 0), (10, 10)).buffer.cannot_tell
    with pytest.raises(Unfit):
        displacement((10, -9), (5, 5), (10, 10))
