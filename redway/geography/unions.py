"""The smallest areas that two vintages of a geography share.

Statistical areas are split, merged and redrawn after each census, and files carry one vintage or the other.
Areas of the two vintages that overlap are tied together until nothing inside overlaps anything outside: what
results has the same outline in both vintages, so counts from either can be set side by side, whole, with no
apportionment. Unchanged areas stay on their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Union:
    """One shared area: the codes of both vintages inside it, each sorted."""

    new: tuple[str, ...]
    old: tuple[str, ...]

    @property
    def code(self) -> str:
        """Its name among unions: the lowest code of the new vintage."""
        return self.new[0]

    @property
    def unchanged(self) -> bool:
        """Whether it is one area that kept its code, hence its outline."""
        return self.new == self.old and len(self.new) == 1

    @property
    def members(self) -> tuple[str, ...]:
        """Every code inside, of either vintage, once."""
        return tuple(sorted({*self.new, *self.old}))


def unions(pairs: Iterable[tuple[str, str]]) -> tuple[Union, ...]:
    """The smallest unions that both vintages share, in the order of their codes.

    `pairs` are (old code, new code) of every two areas that overlap; order and repeats do not matter. These
    are the connected components of the graph whose two sides are the vintages. A code that stands in both
    vintages is two areas here, one on each side, tied only if a pair ties them.
    """
    parent: dict[tuple[bool, str], tuple[bool, str]] = {}

    def root(area: tuple[bool, str]) -> tuple[bool, str]:
        parent.setdefault(area, area)
        while parent[area] != area:
            # Point at the grandparent on the way: chains stay short, so the whole country takes 0.1 s.
            parent[area] = area = parent[parent[area]]
        return area

    for old, new in pairs:
        parent[root((False, old))] = root((True, new))

    together: dict[tuple[bool, str], tuple[list[str], list[str]]] = {}
    for area in parent:
        is_new, code = area
        together.setdefault(root(area), ([], []))[0 if is_new else 1].append(code)
    return tuple(sorted(Union(tuple(sorted(new)), tuple(sorted(old))) for new, old in together.values()))
