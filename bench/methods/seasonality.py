"""How long STL takes over many monthly series, beside R's and statsmodels'.

    python bench/methods/seasonality.py

R does not come by pip: its 1.6 s for 1,000 series is of R 4.2.2 on weekly series of other settings, as are statsmodels'
89 s (0.15.0): medians of another day on two shared cores, one call for each series. Not robust, STL is some products
of the table by fixed matrices, as many multiply-adds for each number and step as there are periods; robust, five
products a step, 16 times.
"""

import statistics
import time

import numpy as np

from redway.methods.seasonality.stl import stl

R_THOUSAND, STATSMODELS_THOUSAND = 1.6, 89.0


def seconds(values: np.ndarray, times: int, **options: object) -> float:
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        stl(values, 12, **options)
        taken.append(time.perf_counter() - before)
    return statistics.median(taken)


def main() -> None:
    print("STL, monthly series of ten years, season window 7:")
    for number in (10, 100, 1000, 10_000):
        values = np.random.default_rng(7).poisson(30, (number, 120)).astype(float)
        plain = seconds(values, 5, s_window=7)
        robust = seconds(values, 1 if number > 1000 else 3, s_window=7, robust=True)
        beside = f"; R {R_THOUSAND} s, statsmodels {STATSMODELS_THOUSAND:g} s" if number == 1000 else ""
        print(f"  {number:>6,} series: {plain:.4f} s, robust {robust:.3f} s{beside}")


if __name__ == "__main__":
    main()
