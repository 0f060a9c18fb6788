"""How long XmR charts of many series take, beside R's NHSRplotthedots.

    python bench/methods/process_control.py

R does not come by pip: its 3.9 s for 1,000 charts of 120 points is of NHSRplotthedots 0.2.2 in R 4.2.2, a median of
another day on two shared cores. A chart of n points reads them about fifty times: 8 bytes each for limits, 1 byte for
rules; the least would be once, 1 MB for 1,000 charts, some 0.1 ms.
"""

import statistics
import time

import numpy as np

from redway.methods.process_control.xmr_many import xmr_many

R_THOUSAND = 3.9


def main() -> None:
    print("XmR with the NHS rules, 120 points each:")
    for number in (10, 100, 1000, 10_000):
        values = np.random.default_rng(7).normal(50, 5, (number, 120))
        taken = []
        for _ in range(9):
            before = time.perf_counter()
            xmr_many(values)
            taken.append(time.perf_counter() - before)
        ours = statistics.median(taken)
        beside = f"; R {R_THOUSAND} s, {R_THOUSAND / ours:,.0f} times" if number == 1000 else ""
        print(f"  {number:>6,} series: {ours:.5f} s{beside}")


if __name__ == "__main__":
    main()
