"""How long survey means with their design take: 50 strata, 2,000 clusters named, ten subgroups. On two cores of
this kind R's survey took 3.7 s for means by subgroup of 1,000,000 rows, and samplics 6.3 s; neither can be imported
here.

Rows are read some eight times: 64 bytes a row for weights, cluster, stratum and y, and two counts by cluster and group.
"""

import numpy as np
from comparison import seconds

from redway.methods.surveys.design import design
from redway.methods.surveys.means import mean

SURVEY, SAMPLICS, AT_MOST = 3.7, 6.3, 0.5  # s


def growth(sizes=(62_500, 250_000, 1_000_000, 4_000_000)):
    """Rows (n, seconds), design and means by ten subgroups together."""
    rng = np.random.default_rng(1)
    for n in sizes:
        w, y = rng.uniform(1, 3, n), rng.normal(size=n)
        strata, ids, by = rng.integers(0, 50, n), rng.integers(0, 2000, n), rng.integers(0, 10, n)
        yield n, seconds(lambda w=w, y=y, s=strata, i=ids, b=by: mean(design(w, ids=i, strata=s), y, b))


if __name__ == "__main__":
    for n, took in growth():
        peer = f"   {SURVEY / took:,.0f} times R's survey; at most {AT_MOST} s" if n == 1_000_000 else ""
        print(f"survey means {n:>10,} {took:8.4f} s{peer}")
