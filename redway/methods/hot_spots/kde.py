"""Kernel density: how thickly recorded events lie at each cell's centre, smoothed over a bandwidth.

    f(c) = sum over events of w K(|c - event| / h) / volume of K        events for each square metre

`scale` "sum" leaves out the division (what sfhotspot's default gives: the quartic's plain sum, no density);
"spatialkde" is SpatialKDE's `scaled`, which differs from a density for the quartic alone, 7.25 times too large.

- Edge correction ("uniform", Diggle 1985, *Applied Statistics* 34, 138-147): a centre near the edge of the study area
  sees only part of its bandwidth; its density is divided by the share of the kernel that lies inside.
- Adaptive (Abramson 1982, *Annals of Statistics* 10, 1217-1223): each event has a bandwidth of its own,
  h sqrt(g / f(event)) with g the geometric mean of the first density over events, so that thin parts are smoothed
  more; between a quarter of h and four times h.
- `bandwidth` None: 4 x 1.06 x min(sd, IQR / 1.34) x n^(-1/5), the mean of x's and y's (MASS's `bandwidth.nrd`).
  sfhotspot means to do that, but takes x's alone: `automatic_bandwidth(..., like_sfhotspot=True)`.

Assumes nothing of how events arise, and so tests nothing: a bump may be chance. Bandwidth decides what is seen.

Source: Silverman 1986, *Density Estimation for Statistics and Data Analysis*; Chainey, Tompson and Uhlig 2008,
*Security Journal* 21, 4-28, for its use with crime.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from redway.methods import inputs
from redway.methods.hot_spots import kernels
from redway.methods.hot_spots.grids import Grid, points
from redway.methods.hot_spots.scatter import Lattice, kernel_sums
from redway.methods.inputs import Floats
from redway.methods.wording import figure

VERSION = 1

SCALES = ("density", "sum", "spatialkde")
WIDEST = 1.5  # times as far as the area is across: beyond it every cell is alike, and the sums take minutes
MOST_STEPS = 100  # cells that a bandwidth may span however small the area is
CLASSES = 8  # of bandwidths, in an adaptive density: points of one class are gone over together
FINER = 8  # parts of a cell's side, where the kernel's share inside the study area is measured
LEAST_SPREAD = 0.001  # metres: what lies closer is one point whose coordinates were rounded differently


@dataclass(frozen=True)
class Density:
    """Kernel density at cells' centres.

    values       float array (cells,): events for each square metre, or the sum of weights for `scale` "sum"
    inside       float array (cells,): the share of the kernel inside the study area; ones if not corrected
    bandwidth    metres
    kernel, scale, adaptive  as asked
    events       how many points it rests on
    cannot_tell  why nothing can be said; then every value is nought
    """

    values: Floats
    inside: Floats
    bandwidth: float
    kernel: str
    scale: str
    adaptive: bool
    events: int
    cannot_tell: str = ""

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot tell where events lie thickest: {self.cannot_tell}."
        peak, middle = float(self.values.max()), float(self.values.mean())
        times = f", {figure(peak / middle)} times the average of all cells" if middle > 0 else ""
        unit = f"{figure(1e6 * peak)} recorded events for each square kilometre"
        told = unit if self.scale == "density" else f"a weight of {figure(peak)}"
        return (
            f"The densest cell has {told}{times} ({self.kernel} kernel, bandwidth {figure(self.bandwidth)} m"
            f"{', adaptive' if self.adaptive else ''}, {self.events:,} events); smoothing tests nothing, so a bump may "
            "be chance."
        )


def kde(
    grid: Grid,
    x: Any,
    y: Any,
    *,
    bandwidth: float | None = None,
    kernel: str = "quartic",
    weights: Any = None,
    scale: str = "density",
    decay: float = 0.0,
    edge: bool = False,
    adaptive: bool = False,
) -> Density:
    """Kernel density of points at a grid's centres.

    x, y: float arrays (points,), metres; weights: (points,) of nought or more. decay: of the triangular kernel, what
    is left at the bandwidth's end (0 to 1; SpatialKDE's default is 1, which makes it uniform).

    Raises Unfit for coordinates and weights that are none, and for a bandwidth that is not above nought or
    far wider than the area.
    """
    east, north = points(x, y)
    heavy = None if weights is None else inputs.at_least(weights, "weights", 0)
    inputs.same_length(x=east, **({} if heavy is None else {"weights": heavy}))
    inputs.chosen(kernel, "kernel", kernels.KERNELS)
    inputs.chosen(scale, "scale", SCALES)
    inputs.number(decay, "decay", least=0, most=1)
    h = automatic_bandwidth(east, north) if bandwidth is None else inputs.number(bandwidth, "bandwidth")
    if bandwidth is not None and not 0 < h < np.inf:
        raise inputs.Unfit(
            "bandwidth: metres above nought", came=f"{bandwidth}", cause="kilometres, or a mistyped number."
        )
    across = max(grid.rows * grid.row_height, grid.columns * grid.cell_size)
    if h > max(WIDEST * across, MOST_STEPS * grid.cell_size):
        raise inputs.Unfit(
            f"bandwidth: no more than the area is across, {across:,.0f} m",
            came=f"{h:,.0f} m",
            cause="a bandwidth in other units, or of another area: so wide a one makes every cell alike.",
        )
    nothing = _cannot_tell(east, heavy, h)
    if nothing:
        values = np.zeros(len(grid))
        return Density(values, np.ones(len(grid)), h, kernel, scale, adaptive, len(east), nothing)
    if adaptive:
        values = _adapted(grid, east, north, heavy, h, kernel, decay)
    else:
        values = _sums(grid, east, north, heavy, kernel, h, decay) / kernels.volume(kernel, h, decay)
    inside = share_inside(grid, kernel, h, decay) if edge else np.ones(len(grid))
    values = values / inside
    if scale == "sum":
        values = values * kernels.volume(kernel, h, decay)
    elif scale == "spatialkde" and kernel == "quartic":
        values = values * kernels.SPATIALKDE_QUARTIC
    return Density(values, inside, h, kernel, scale, adaptive, len(east))


def automatic_bandwidth(x: Any, y: Any, *, like_sfhotspot: bool = False) -> float:
    """The rule of thumb in metres; `like_sfhotspot` leaves y out, as sfhotspot does unawares. Nought if all is one."""
    east, north = points(x, y)
    axes = [_nrd(east)] if like_sfhotspot else [_nrd(east), _nrd(north)]
    return float(np.mean(axes))


def _nrd(given: Floats) -> float:
    if len(given) < 2:
        return 0.0
    given = given - given[0]  # lest the rounding of a mean be taken for a spread
    low, high = np.quantile(given, [0.25, 0.75])
    spread = min(given.std(ddof=1), (high - low) / 1.34) or given.std(ddof=1)
    if spread < LEAST_SPREAD:
        return 0.0
    return float(4 * 1.06 * spread * len(given) ** -0.2)


def _cannot_tell(x: Floats, weights: Floats | None, bandwidth: float) -> str:
    if not len(x) or (weights is not None and not weights.any()):
        return "there is no event" if not len(x) else "all weights are nought"
    return "" if bandwidth > 0 else "all events lie at one point, which gives no bandwidth"


def _sums(
    grid: Grid, x: Floats, y: Floats, weights: Floats | None, kernel: str, bandwidth: float, decay: float
) -> Floats:
    """Plain sums of the kernel at centres. A hexagonal lattice is two rectangular ones, its even rows and its odd."""
    size, height = grid.cell_size, grid.row_height
    if grid.kind == "square":
        laid = kernel_sums(
            Lattice(grid.x0, grid.y0, size, size, grid.rows, grid.columns), x, y, weights, kernel, bandwidth, decay
        )
        return np.asarray(laid.ravel()[grid.cells])
    laid = np.zeros((grid.rows, grid.columns))
    for odd in (0, 1):
        rows = (grid.rows + 1 - odd) // 2
        half = Lattice(grid.x0 + odd * size / 2, grid.y0 + odd * height, size, 2 * height, rows, grid.columns)
        laid[odd::2] = kernel_sums(half, x, y, weights, kernel, bandwidth, decay)
    return np.asarray(laid.ravel()[grid.cells])


def _adapted(grid: Grid, x: Floats, y: Floats, weights: Floats | None, h: float, kernel: str, decay: float) -> Floats:
    """A density whose events each have a bandwidth, in classes of like ones."""
    pilot = np.maximum(_sums(grid, x, y, weights, kernel, h, decay), 0)
    place = grid.places(x, y)
    lookup = np.zeros(grid.rows * grid.columns)
    lookup[grid.cells] = pilot
    thick = np.where(place >= 0, lookup[place], 0.0)
    thick = np.maximum(thick, 1e-6 * thick.max(initial=1e-300))
    own = h * np.clip(np.sqrt(np.exp(np.log(thick).mean()) / thick), 0.25, 4)
    order = np.argsort(own, kind="stable")
    values = np.zeros(len(grid))
    for group in np.array_split(order, CLASSES):
        if len(group):  # of like bandwidths the mean of their logarithms stands for all
            middle = float(np.exp(np.log(own[group]).mean()))
            heavy = None if weights is None else weights[group]
            summed = _sums(grid, x[group], y[group], heavy, kernel, middle, decay)
            values += summed / kernels.volume(kernel, middle, decay)
    return values


def share_inside(grid: Grid, kernel: str, bandwidth: float, decay: float = 0.0) -> Floats:
    """The share of a kernel at each centre that lies inside the study area, float array (cells,), above nought.

    The area's cells are cut finer, and every part's middle stands for it: the error is under 1% of the whole.
    """
    finer = max(1, min(FINER, round(4 * FINER * grid.cell_size / bandwidth)))
    parts = (np.arange(finer) + 0.5) / finer - 0.5
    up, along = np.meshgrid(parts * grid.row_height, parts * grid.cell_size, indexing="ij")
    total = np.zeros(len(grid))
    x, y = grid.x, grid.y
    for dy, dx in zip(up.ravel(), along.ravel(), strict=True):
        total += _sums(grid, x + dx, y + dy, None, kernel, bandwidth, decay)
    share = total * grid.cell_area / finer**2 / kernels.volume(kernel, bandwidth, decay)
    return np.asarray(np.clip(share, 1e-9, 1.0))
