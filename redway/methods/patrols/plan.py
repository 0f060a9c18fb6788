"""A plan of short visits that covers the most expected harm, fairly, and in an order nobody can foresee.

A place i expects harm h_i in a shift of T minutes. A visit of v minutes, and `residual` minutes after it in which
presence is still felt, cover it for L = v + residual. Visits come at times that are not foreseen, so that m of them
are expected to cover

    C_i(m) = h_i (1 - (1 - L / T)^m)

Every further visit to a place covers less than the last, so taking always the visit that adds most gives the most
that so many visits can cover (each place's gains fall, and places do not compete otherwise). Two bounds are kept:

- `max_visits` for each place; and `fair`: each area's share of visits is at least `fair` times its share of harm,
  rounded down. Taking first each area's best visits up to its bound, then the best of all, is the most there can be
  under such bounds (a matroid's bases; Edmonds 1971, *Mathematical Programming* 1, 127-136).
- visits are as many as fit: rounds are made (`routes`) for as many visits as units and shifts could hold with no way to
  go, then for fewer, until all rounds fit; what is left of a shift then takes the best visit that fits. Greedy's own
  visits are taken in their place where they keep the bounds and cover more.

`slack` of the shift is kept for ways about, or less where the longest ways there can be need less. It and `fair` are
all that greedy may be ahead by.

It is set beside *greedy* (each unit goes, wherever it is, to the visit that covers most for the minutes it takes,
knowing what others did, with no bound for areas and in an order that anybody could foresee), *chance* (as many visits
to places drawn at random), and the *most* that could be covered if places were all at one spot.

Expected harm is an average of what was recorded. The plan says nothing of people, and that presence prevents anything
is its assumption: `residual` is 0 unless there is evidence for more.

Source: Koper 1995, *Justice Quarterly* 12, 649-672, for visits of 10 to 20 minutes in random order; Telep, Mitchell
and Weisburd 2014, *ibid.* 31, 905-933, who tried it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from redway.methods import inputs
from redway.methods.hot_spots.locations import located
from redway.methods.inputs import Floats, Integers, Unfit
from redway.methods.patrols.routes import dealt, inserted, minutes, shortened, shuffled
from redway.methods.wording import figure, several

VERSION = 1

SHORTEST, LONGEST = 10.0, 20.0
MOST_VISITS = 2000
FILLERS = 25  # places that are tried for what is left of a shift


@dataclass(frozen=True)
class Plan:
    """Rounds of visits.

    rounds        for each unit the places to visit, in order (rows of the places given)
    takes         float array (units,): minutes of each round
    visits        int array (places,): how often each place is visited
    covered       expected harm covered, of `harm`
    greedy, chance, most  the same of the plans it is set beside
    by_area       area -> (share of visits, share of harm)
    held_back     rows of places that are left without visits, for comparison
    slack         the share of the shift that was kept for ways about
    """

    rounds: tuple[Integers, ...]
    takes: Floats
    visits: Integers
    covered: float
    harm: float
    greedy: float
    chance: float
    most: float
    by_area: dict[str, tuple[float, float]]
    held_back: Integers
    cannot_tell: str = ""
    slack: float = 0.0

    @property
    def sentence(self) -> str:
        if self.cannot_tell:
            return f"Cannot plan visits: {self.cannot_tell}."

        def share(covered: float) -> str:
            return f"{figure(100 * covered / self.harm, 3)}%"

        back = f" {several(len(self.held_back), 'place')} held back for comparison." if len(self.held_back) else ""
        return (
            f"{several(int(self.visits.sum()), 'visit')} by {several(len(self.rounds), 'unit')} to "
            f"{several(int((self.visits > 0).sum()), 'place')} cover {share(self.covered)} of expected harm, where "
            f"going for the most at each step covers {share(self.greedy)}, places at random {share(self.chance)} and "
            f"no plan more than {share(self.most)}; that presence prevents harm is assumed, not shown."
            f"{self._cost}{back}"
        )

    @property
    def _cost(self) -> str:
        """Why going for the most covers more, where it does."""
        if self.covered >= self.greedy * (1 - 1e-9):
            return ""
        why = [f"{figure(100 * self.slack, 2)}% of the shift is kept so that the order cannot be foreseen"]
        why = why if self.slack else []
        why += ["each area has its share of visits"] if len(self.by_area) > 1 else []
        return f" Going for the most covers more because here {' and '.join(why)}." if why else ""


def plan(
    x: Any,
    y: Any,
    harm: Any,
    rng: np.random.Generator,
    *,
    units: int = 1,
    shift: float = 480.0,
    visit: float = 15.0,
    speed: float = 400.0,
    residual: float = 0.0,
    max_visits: int = 4,
    area: Any = None,
    fair: float = 0.5,
    slack: float = 0.05,
    held_back: Any = (),
) -> Plan:
    """A plan of visits for one shift.

    x, y: metres (places,); harm: expected in the shift, of nought or more; shift, visit, residual: minutes; speed:
    metres a minute; area: a label for each place; slack: the part of the shift that is kept for ways about,
    without which the order is the shortest and can be foreseen; held_back: rows of places to leave out, as `hold_back`
    gives them.

    Raises Unfit for visits that are not 10 to 20 minutes, and for what is no place or no harm.
    """
    east, north = located(x, y)
    expected = inputs.at_least(harm, "harm", 0)
    n = inputs.same_length(x=east, y=north, harm=expected)
    _looked_at(units, shift, visit, speed, residual, max_visits, fair)
    furthest = float(np.hypot(np.ptp(east), np.ptp(north))) if n else 0.0
    spare = min(shift * inputs.number(slack, "slack", least=0, most=0.5), shift // visit * furthest / speed)
    planned = shift - spare
    labels = np.zeros(n, dtype=np.int64).astype(str) if area is None else np.asarray(area).astype(str)
    inputs.same_length(harm=expected, area=labels)
    back = np.unique(inputs.counts(np.asarray(held_back, dtype=float), "held_back").astype(np.int64))
    if len(back) and back.max() >= n:
        raise Unfit(
            f"held-back rows under {n:,}",
            came=f"{back.max()}",
            cause="rows counted from 1, or of another list of places.",
        )
    open_to = expected.copy()
    open_to[back] = 0
    total = float(expected.sum())
    capacity = min(units * int(shift // visit), int(max_visits) * int((open_to > 0).sum()))
    if not open_to.sum() or not capacity:
        why = "no place expects any harm" if not open_to.sum() else "the shift is shorter than a visit"
        return _nothing(n, units, total, back, why)
    if capacity > MOST_VISITS:
        raise Unfit(f"at most {MOST_VISITS:,} visits", came=f"room for {capacity:,}", cause="many units: plan by area.")
    missed = 1 - min(1.0, (visit + residual) / shift)
    gains = open_to[:, None] * (1 - missed) * missed ** np.arange(max_visits)[None, :]
    means = (units, planned, visit, speed)
    rounds, visits = _fitted(gains, labels, open_to, fair, capacity, (east, north), means)
    rounds = _filled(rounds, visits, gains, (east, north), means)
    going, gone = _greedy(gains, east, north, *means)
    going = _filled([_shorter(r, east, north) for r in going], gone, gains, (east, north), means)
    if _covered(gains, gone) > _covered(gains, visits) and _is_fair(gone, gains, labels, open_to, fair):
        rounds, visits = going, gone
    rounds = [shuffled(r, east, north, visit, speed, shift, rng) for r in rounds]
    covered = _covered(gains, visits)
    greedy = _covered(gains, _greedy(gains, east, north, units, shift, visit, speed)[1])
    most = float(np.sort(gains.ravel())[::-1][:capacity].sum())
    chance = _by_chance(gains, open_to, int(visits.sum()), rng)
    kinds = np.unique(labels)
    by_area = {
        str(k): (float(visits[labels == k].sum() / visits.sum()), float(expected[labels == k].sum() / total))
        for k in kinds
    }
    takes = np.array([minutes(r, east, north, visit, speed) for r in rounds])
    return Plan(tuple(rounds), takes, visits, covered, total, greedy, chance, most, by_area, back, slack=spare / shift)


def _looked_at(
    units: int, shift: float, visit: float, speed: float, residual: float, max_visits: int, fair: float
) -> None:
    inputs.whole(units, "units", least=1, most=MOST_VISITS)
    inputs.number(shift, "shift", least=1, most=1440)
    inputs.number(visit, "visit", least=SHORTEST, most=LONGEST)
    inputs.number(speed, "speed", least=1, most=10_000)
    inputs.number(residual, "residual", least=0, most=1440)
    inputs.whole(max_visits, "max_visits", least=1, most=48)
    inputs.number(fair, "fair", least=0, most=1)


def _nothing(n: int, units: int, total: float, back: Integers, why: str) -> Plan:
    none = np.zeros(n, dtype=np.int64)
    rounds = tuple(np.zeros(0, dtype=np.int64) for _ in range(int(units)))
    return Plan(rounds, np.zeros(int(units)), none, 0.0, total, 0.0, 0.0, 0.0, {}, back, why)


def allocated(gains: Floats, labels: Any, harm: Floats, fair: float, visits: int) -> Integers:
    """How often each place is visited, of so many visits: the most harm covered under the bounds of areas."""
    places, times = gains.shape
    place = np.repeat(np.arange(places), times)
    flat = gains.ravel()
    order = np.argsort(-flat, kind="stable")
    order = order[flat[order] > 0]
    chosen = np.zeros(len(flat), dtype=bool)
    for label in np.unique(labels):
        share = float(harm[labels == label].sum() / harm.sum())
        chosen[order[labels[place[order]] == label][: int(np.floor(fair * share * visits + 1e-9))]] = True
    rest = order[~chosen[order]]
    chosen[rest[: max(0, visits - int(chosen.sum()))]] = True
    return np.bincount(place[chosen], minlength=places).astype(np.int64)


def _fitted(
    gains: Floats,
    labels: Any,
    harm: Floats,
    fair: float,
    capacity: int,
    at: tuple[Floats, Floats],
    means: tuple[int, float, float, float],
) -> tuple[list[Integers], Integers]:
    """As many visits as fit, in rounds."""
    units, shift, visit, speed = means
    low, high = 0, capacity
    best: tuple[list[Integers], Integers] = ([np.zeros(0, dtype=np.int64)] * units, np.zeros(len(gains), np.int64))
    while low < high:
        middle = (low + high + 1) // 2
        visits = allocated(gains, labels, harm, fair, middle)
        each = dealt(np.repeat(np.arange(len(visits)), visits), *at, units)
        rounds = [shortened(part, *at) for part in each]
        if all(minutes(r, *at, visit, speed) <= shift for r in rounds):
            low, best = middle, (rounds, visits)
        else:
            high = middle - 1
    return best


def _filled(
    rounds: list[Integers],
    visits: Integers,
    gains: Floats,
    at: tuple[Floats, Floats],
    means: tuple[int, float, float, float],
) -> list[Integers]:
    """What is left of shifts filled up: the best visit that some round still has room for, again and again.

    `visits` is counted up.
    """
    _, shift, visit, speed = means
    room = True
    while room:
        room = False
        following = np.array([g[v] if v < len(g) else 0.0 for g, v in zip(gains, visits, strict=True)])
        for place in np.argsort(-following, kind="stable")[:FILLERS]:
            fits = [inserted(r, int(place), *at) for r in rounds] if following[place] > 0 else []
            takes = [minutes(r, *at, visit, speed) for r in fits]
            if takes and min(takes) <= shift:
                unit = int(np.argmin([t if t <= shift else np.inf for t in takes]))
                rounds[unit] = fits[unit]
                visits[place] += 1
                room = True
                break
    return rounds


def _covered(gains: Floats, visits: Integers) -> float:
    return float((gains * (np.arange(gains.shape[1])[None, :] < visits[:, None])).sum())


def _is_fair(visits: Integers, gains: Floats, labels: Any, harm: Floats, fair: float) -> bool:
    """Whether each area has its share of visits, as far as there are any to make."""
    for label in np.unique(labels):
        here = labels == label
        least = int(np.floor(fair * float(harm[here].sum() / harm.sum()) * int(visits.sum()) + 1e-9))
        if visits[here].sum() < min(least, int((gains[here] > 0).sum())):
            return False
    return True


def _shorter(places: Integers, x: Floats, y: Floats) -> Integers:
    """A round by a shorter way, if one is found."""
    tried = shortened(places, x, y)
    return tried if minutes(tried, x, y, 0.0, 1.0) < minutes(places, x, y, 0.0, 1.0) else places


def _greedy(
    gains: Floats, x: Floats, y: Floats, units: int, shift: float, visit: float, speed: float
) -> tuple[list[Integers], Integers]:
    """Each unit in turn goes where it covers most for every minute of way and visit: rounds, and visits (places,)."""
    rounds: list[list[int]] = [[] for _ in range(units)]
    visits = np.zeros(len(gains), dtype=np.int64)
    padded = np.column_stack([gains, np.zeros(len(gains))])
    at, left = [-1] * units, [float(shift)] * units
    going = True
    while going:
        going = False
        for unit in range(units):
            way = np.zeros(len(x)) if at[unit] < 0 else np.hypot(x - x[at[unit]], y - y[at[unit]]) / speed
            worth = padded[np.arange(len(x)), visits] / (way + visit)
            worth[(way + visit > left[unit]) | (np.arange(len(x)) == at[unit])] = 0
            to = int(np.argmax(worth))
            if worth[to] > 0:
                visits[to] += 1
                rounds[unit].append(to)
                left[unit] -= float(way[to]) + visit
                at[unit], going = to, True
    return [np.array(r, dtype=np.int64) for r in rounds], visits


def _by_chance(gains: Floats, harm: Floats, visits: int, rng: np.random.Generator, draws: int = 50) -> float:
    """What as many visits to places drawn at random cover, on average."""
    seats = np.repeat(np.arange(len(gains)), gains.shape[1])[np.repeat(harm > 0, gains.shape[1])]
    taken = [rng.choice(seats, min(visits, len(seats)), replace=False) for _ in range(draws)]
    return float(np.mean([_covered(gains, np.bincount(t, minlength=len(gains))) for t in taken]))
