"""Numbers as sentences say them: three figures, no more; a p-value that is never nought."""

from math import floor, isfinite, log10

VERSION = 1


def figure(value: float, digits: int = 3) -> str:
    """A number to so many significant figures, thousands apart; whole numbers above that as they are."""
    if not isfinite(value):
        return "no limit"
    if value == 0:
        return "0"
    places = max(0, digits - 1 - floor(log10(abs(value))))
    told = f"{value:,.{places}f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def interval(low: float, high: float, level: float = 0.95) -> str:
    """An interval with its level: “95% interval 1.2 to 3.4”."""
    return f"{figure(100 * level)}% interval {figure(low)} to {figure(high)}"


def supposed(phi: float) -> str:
    """What an interval of counts takes for granted: that events are independent, or vary so many times as much."""
    return (
        "if events are independent" if phi == 1 else f"if events vary {figure(phi)} times as much as independent ones"
    )


def chance(p: float) -> str:
    """A p-value: “p = 0.03”, “p < 0.001”."""
    return "p < 0.001" if p < 0.001 else f"p = {figure(p, 2)}"


def several(n: int, thing: str, things: str = "") -> str:
    """“1 area”, “2 areas”."""
    return f"{n:,} {thing if n == 1 else things or thing + 's'}"
