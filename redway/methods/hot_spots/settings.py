"""Columns and settings that the commands of this topic share."""

from redway.methods.catalogue import Also, Column, Parameter
from redway.methods.hot_spots.kernels import KERNELS
from redway.methods.hot_spots.snapped import MOVED

P_VALUES = ("exact", "permutation", "normal", "poisson")

X, Y = Column("x", "metres east"), Column("y", "metres north")
DATE = Column("date", "day of the event", "date")
WEIGHT = Column("weight", "what each row counts for; without it, one", required=False)
CELL_SIZE = Parameter("cell_size", 0.0, "metres; 0 for a fiftieth of the shorter side", float)
GRID_TYPE = Parameter(
    "grid_type", "square", "shape of cells", str, choices=("square", "hex"), words=(("rect", "square"),)
)
REACH = Parameter("reach", 1, "steps to the furthest neighbour", int)
NB_DIST = Parameter("nb_dist", 0.0, "in place of reach: metres between middles of neighbours; 0 for reach", float)
BANDWIDTH = Parameter("bandwidth", 0.0, "metres; 0 for the rule of thumb", float, also=(Also("band_width"),))
ADJUST = Parameter("bandwidth_adjust", 1.0, "the bandwidth is taken so many times", float)
KERNEL = Parameter("kernel", "quartic", "how weight fades with distance", str, choices=KERNELS)
POINTS_MOVED = Parameter(
    "moved", "judge", "whether points were moved to shared ones, as data.police.uk's", choices=MOVED
)
INCLUDE_SELF = Parameter(
    "include_self", True, "whether a cell counts among its neighbours (Gi*), or not (Gi)", bool, also=(Also("star"),)
)
BOUNDARY = Parameter("boundary", "", "the first day of the later period, e.g. 2025-07-01", day=True)

EXPOSED = (
    X,
    Y,
    Column("exposure", "how much there is at that place: residents, homes, shops"),
)
CELLS = (
    Column("score", "how hot a cell is thought to be, any scale, higher is hotter"),
    Column("x", "metres east of its middle", required=False),
    Column("y", "metres north of its middle", required=False),
    Column("cell", "its label, where events have it too", "text", False),
    Column("area", "its area, where cells differ", required=False),
    Column("score2", "the score of another map, to compare with", required=False),
)
