"""Kernels: how an event's weight fades with distance, and the shapes they are fitted into.

With d the distance and h the bandwidth, inside d < h (the Gaussian everywhere, h its standard deviation):

    quartic (1 - d^2/h^2)^2          triweight (1 - d^2/h^2)^3        epanechnikov 1 - d^2/h^2
    triangular 1 - (1 - decay) d/h   uniform 1                        gaussian exp(-d^2 / 2h^2)

and `volume` is what each adds up to over the plane, by which it is divided to become a density.

Source: Silverman 1986, *Density Estimation*, ch. 4; as in QGIS and SpatialKDE, whose `scaled` gives densities. Their
quartic is 7.25 times too large there (116/5 typed for 16/5; mended in QGIS in 2025): `SPATIALKDE_QUARTIC`.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from redway.methods.inputs import Floats

VERSION = 1

POWERS: Mapping[str, int] = MappingProxyType({"uniform": 0, "epanechnikov": 1, "quartic": 2, "triweight": 3})
KERNELS = ("quartic", "gaussian", "epanechnikov", "triweight", "triangular", "uniform")
SPATIALKDE_QUARTIC = 116 / 16


def volume(kernel: str, bandwidth: float | Floats, decay: float = 0.0) -> float | Floats:
    """What a kernel adds up to over the plane, in square metres."""
    if kernel == "gaussian":
        return 2 * np.pi * bandwidth**2
    if kernel == "triangular":
        return np.pi * bandwidth**2 * (1 + 2 * decay) / 3
    return np.pi * bandwidth**2 / (POWERS[kernel] + 1)


def weight(kernel: str, squared: Floats, decay: float = 0.0) -> Floats:
    """A kernel of (d/h)^2; nought at and beyond h. The array given is used up."""
    if kernel == "gaussian":
        return np.exp(-0.5 * squared)
    if kernel == "uniform":
        return (squared <= 1).astype(np.float64)
    if kernel == "triangular":
        inside = squared < 1
        np.sqrt(squared, out=squared)
        squared *= decay - 1
        squared += 1
        squared *= inside
        return squared
    np.subtract(1.0, squared, out=squared)
    np.maximum(squared, 0.0, out=squared)
    power = POWERS[kernel]
    if power == 1:
        return squared
    once = squared.copy() if power == 3 else squared
    squared *= squared
    if power == 3:
        squared *= once
    return squared
