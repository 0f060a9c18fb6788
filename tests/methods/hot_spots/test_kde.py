"""Kernel densities: SpatialKDE's and sums over every pair, true to their volume, and mended at the edge."""

import numpy as np
import pytest
from scipy import integrate

from redway.methods.catalogue import methods
from redway.methods.hot_spots import kernels
from redway.methods.hot_spots.grids import grid_over
from redway.methods.hot_spots.kde import automatic_bandwidth, kde, share_inside
from redway.methods.inputs import Unfit


def twin(grid, x, y, kernel, h, decay=0.0, weights=None):
    """Every cell with every event."""
    d = np.sqrt((grid.x[:, None] - x) ** 2 + (grid.y[:, None] - y) ** 2) / h
    inside = d < 1
    each = {
        "quartic": (1 - d**2) ** 2 * inside * 3 / np.pi,
        "triweight": (1 - d**2) ** 3 * inside * 4 / np.pi,
        "epanechnikov": (1 - d**2) * inside * 2 / np.pi,
        "triangular": (1 - (1 - decay) * d) * inside * 3 / np.pi / (1 + 2 * decay),
        "uniform": inside / np.pi,
        "gaussian": np.exp(-(d**2) / 2) / (2 * np.pi),
    }[kernel]
    return (each * (1.0 if weights is None else weights)).sum(axis=1) / h**2


@pytest.mark.parametrize("kernel", kernels.KERNELS)
@pytest.mark.parametrize("grid_type", ["square", "hex"])
@pytest.mark.parametrize("h", [90.0, 410.0, 1300.0])
def test_it_is_the_sum_over_every_pair(kernel, grid_type, h):
    rng = np.random.default_rng(1)
    x, y = rng.normal(430_000, 900, (2, 300))
    weights = rng.random(300)
    grid = grid_over(x, y, 200, grid_type=grid_type)
    found = kde(grid, x, y, bandwidth=h, kernel=kernel, weights=weights, decay=0.3).values
    slow = twin(grid, x, y, kernel, h, 0.3, weights)
    assert np.abs(found - slow).max() < 1e-12 * slow.max()


@pytest.mark.peers
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("memphis_kde500_bw2000", {"scale": "sum"}),
        ("memphis_kde500_bw2000_scaled", {"scale": "spatialkde"}),
        ("memphis_kde500_bw2000_epanechnikov_scaled", {"kernel": "epanechnikov"}),
        ("memphis_kde500_bw2000_triweight_scaled", {"kernel": "triweight"}),
        ("memphis_kde500_bw2000_uniform_scaled", {"kernel": "uniform"}),
        ("memphis_kde500_bw2000_triangular_scaled", {"kernel": "triangular", "decay": 1.0}),
    ],
)
def test_it_is_spatialkdes(memphis, peer, name, settings):
    grid, x, y = memphis
    theirs = peer(name)["kde"]
    found = kde(grid, x, y, bandwidth=2000, **settings).values
    assert np.abs(found - theirs).max() < 1e-8 * max(1e-6, float(theirs.max()) / 86)


@pytest.mark.peers
def test_spatialkdes_scaled_quartic_is_no_density(memphis, peer):
    """It is 7.25 times too large: 116/5 was typed for 16/5."""
    grid, x, y = memphis
    theirs, ours = peer("memphis_kde500_bw2000_scaled")["kde"], kde(grid, x, y, bandwidth=2000).values
    assert theirs == pytest.approx(7.25 * ours, rel=1e-6, abs=1e-16)


@pytest.mark.parametrize("kernel", kernels.KERNELS)
def test_a_kernel_adds_up_to_its_volume(kernel):
    def ring(d):
        return 2 * np.pi * d * kernels.weight(kernel, np.array([d * d]), 0.4)[0]

    end = 12 if kernel == "gaussian" else 1 - 1e-12
    assert kernels.volume(kernel, 3.0, 0.4) == pytest.approx(9 * integrate.quad(ring, 0, end)[0], rel=1e-6)


@pytest.mark.parametrize("adaptive", [False, True])
def test_all_cells_together_hold_all_events(adaptive):
    rng = np.random.default_rng(2)
    x, y = rng.normal(0, 500, (2, 200))
    wide = grid_over([-4000, 4000], [-4000, 4000], 50, area="box")
    found = kde(wide, x, y, bandwidth=400, adaptive=adaptive)
    assert found.values.sum() * wide.cell_area == pytest.approx(200, rel=1e-3)


def test_an_adaptive_density_is_narrower_where_events_are_thick():
    rng = np.random.default_rng(3)
    x, y = np.concatenate([rng.normal(0, 60, (2, 400)), rng.uniform(-4000, 4000, (2, 100))], axis=1)
    grid = grid_over(x, y, 100)
    plain, adapted = (kde(grid, x, y, bandwidth=600, adaptive=a).values for a in (False, True))
    assert adapted.max() > 1.5 * plain.max()
    assert (adapted > 0).sum() > (plain > 0).sum()


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_the_edge_is_mended(kernel):
    """Uniform events: uncorrected, the corner has a quarter of what is there."""
    rng = np.random.default_rng(4)
    x, y = rng.uniform(-100, 4100, (2, 17_640))
    grid = grid_over([0, 4000], [0, 4000], 200, area="box")
    bare, mended = (kde(grid, x, y, bandwidth=600, kernel=kernel, edge=e) for e in (False, True))
    border = (np.abs(grid.x - 2000) > 1700) | (np.abs(grid.y - 2000) > 1700)
    assert bare.values[border].mean() < 0.8 * bare.values[~border].mean()
    assert mended.values[border].mean() == pytest.approx(0.001, rel=0.05)
    assert 0.2 < mended.inside.min() < 0.5 < 0.99 < mended.inside.max() <= 1


def test_the_share_inside_is_that_of_a_half_plane_on_a_straight_edge():
    grid = grid_over([0, 10_000], [0, 10_000], 100, area="box")
    middle = np.abs(grid.y - 5000) < 60
    edge = share_inside(grid, "quartic", 1000)[middle & (grid.x == grid.x.min())]
    # a strip half a cell wide beyond the middle: 1/2 + 50 m x (the kernel's line density, 16 / 5 pi h)
    assert edge == pytest.approx(0.5 + 50 * 16 / (5 * np.pi * 1000), abs=0.01)


@pytest.mark.peers
def test_the_automatic_bandwidth_and_sfhotspots(memphis):
    _, x, y = memphis
    assert automatic_bandwidth(x, y, like_sfhotspot=True) == pytest.approx(5588, abs=1)
    assert automatic_bandwidth(x, y) == pytest.approx(5770, abs=1)


def test_moving_and_turning_the_map_changes_nothing():
    x, y = np.random.default_rng(5).uniform(0, 1000, (2, 40))
    grid, moved = grid_over([0, 1000], [0, 1000], 100, area="box"), grid_over([512, 1512], [0, 1000], 100, area="box")
    straight = kde(grid, x, y, bandwidth=250).values.reshape(11, 11)
    assert kde(moved, x + 512, y, bandwidth=250).values.reshape(11, 11) == pytest.approx(straight)
    turned = kde(grid, y, x, bandwidth=250).values.reshape(11, 11)
    assert np.abs(turned.T - straight).max() < 1e-15


def test_no_event_and_one_place_give_no_verdict():
    grid = grid_over([0, 500], [0, 500], 100)
    assert kde(grid, [], []).cannot_tell
    assert kde(grid, [1.0] * 5, [1.0] * 5).sentence.startswith("Cannot tell")
    assert kde(grid, [1.0], [1.0], weights=[0], bandwidth=100).cannot_tell
    assert kde(grid, np.full(10_000, 50.0), np.full(10_000, 50.0), bandwidth=100).values.max() > 0


@pytest.mark.parametrize(
    "settings", [{"bandwidth": 0}, {"bandwidth": np.inf}, {"kernel": "cosine"}, {"weights": [1, -1]}, {"decay": 2}]
)
def test_settings_that_cannot_be_are_refused(settings):
    with pytest.raises(Unfit):
        kde(grid_over([0, 500], [0, 500], 100), [0, 500], [0, 500], **settings)


def test_the_sentence_says_that_smoothing_tests_nothing():
    x, y = np.random.default_rng(6).uniform(0, 1000, (2, 50))
    assert "a bump may be chance" in kde(grid_over(x, y, 100), x, y).sentence


def test_the_gaussian_is_mass_s():
    """R 4.2.2: 8 * MASS::kde2d(x, y, h = 4 * 150, n = c(4, 4), lims = c(125, 875, 125, 875))$z; MASS's h is four times
    the standard deviation."""
    x, y = [120, 180, 400, 410, 415, 600, 640, 900], [100, 300, 280, 290, 310, 650, 700, 820]
    grid = grid_over([125, 875], [125, 875], 250, area="box")
    theirs = [
        [1.22389521332e-05, 1.02266477578e-05, 1.02149632542e-06, 3.14053566734e-08],
        [1.42288967234e-05, 2.13476475079e-05, 5.69313114186e-06, 1.52594589694e-06],
        [4.05804964064e-06, 8.5225537975e-06, 1.43302522114e-05, 7.0648348105e-06],
        [9.36642844589e-08, 6.7568076503e-07, 6.14090036968e-06, 8.00010633444e-06],
    ]
    at = {(round(a), round(b)): v for a, b, v in zip(
        grid.x, grid.y, kde(grid, x, y, bandwidth=150, kernel="gaussian").values, strict=True)}  # fmt: skip
    for i, a in enumerate((125, 375, 625, 875)):
        for j, b in enumerate((125, 375, 625, 875)):
            assert at[a, b] == pytest.approx(theirs[i][j], rel=1e-9)


@pytest.mark.parametrize("wobble", [0.0, 1e-9])
@pytest.mark.parametrize("name", ["kernel-density", "dual-kernel-density"])
def test_records_at_one_point_give_no_bandwidth_whatever_the_point(name, wobble):
    """A mean of 300 coordinates that are all alike is not theirs to the last figure; that is no spread."""
    method = methods()[name]
    given = {p.name: p.default for p in method.parameters}
    x = 351535.4648741 + wobble * (np.arange(300) % 2)
    table = {"x": x, "y": np.full(300, 452851.0936), "base": np.arange(300) % 2 == 0}
    assert "all events lie at one point" in method.run(table, given, None).sentence
