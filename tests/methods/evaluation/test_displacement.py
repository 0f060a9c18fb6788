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


def test_equal_to_r_glm_and_its_gradient():
    """R 4.2.2: what glm(y ~ cell - 1, poisson) of the six counts says, by numDeriv::grad and vcov."""
    found = displacement((200, 120), (100, 84), (400, 360))
    parts = [(part.value, part.figures["se"]) for part in (found.direct, found.buffer, found.net)]
    assert np.array(parts) == pytest.approx(
        np.array([(-60, 21.2837950597), (-6, 14.41353178863), (-66, 28.8400732447)]), rel=1e-6
    )
    assert found.wdq == pytest.approx(0.1, rel=1e-6)


def test_the_quotient_s_limits_are_where_the_slow_twin_puts_them():
    """Fieller's: every quotient q for which top - q bottom is within its own doubt, found by trying them."""
    t, b, c = (900, 700), (400, 420), (1500, 1450)
    found = displacement(t, b, c)
    v = [x / y**2 + x**2 / y**3 for pair in (t, b) for x, y in zip(pair, c, strict=True)]
    both = sum(x * y / z**3 for x, y, z in zip(t, b, c, strict=True))
    top, bottom = b[1] / c[1] - b[0] / c[0], t[1] / c[1] - t[0] / c[0]
    q = np.linspace(-3, 3, 600_001)
    spread = (v[2] + v[3]) - 2 * q * both + q**2 * (v[0] + v[1])
    inside = q[(top - q * bottom) ** 2 <= 1.959963984540054**2 * spread]
    assert found.wdq == pytest.approx(top / bottom)
    assert (found.wdq_low, found.wdq_high) == pytest.approx((inside[0], inside[-1]), abs=2e-5)
