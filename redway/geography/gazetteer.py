"""From a few words on a place to the small area they mean, with how sure that is.

A gazetteer knows names and how often each was met in which areas. A text is read word by word: names in it are
found, longest first, misspelt words set right where only one word comes near, and what several names have in common is
taken. The words are then forgotten; the area stays, with its confidence:

    high    nine tenths or more of what is known of the name lie in one area
    medium  six tenths or more
    low     more than a third
    none    less, or no name, two names that lie apart, or a place elsewhere

A word set right, and a name of one word, which may be part of another name, each cost a step. Words that nothing
explains make it no better than medium, and no better than low after a street, where people write the town.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import IntEnum
from functools import cached_property

LONGEST = 300  # characters of a text that are read
SHORTEST_MENDED = 5  # letters; shorter words are too like one another
ALIKE = 0.82  # by difflib's ratio: one wrong letter in six, two in twelve
HIGH, MEDIUM, LOW = 0.9, 0.6, 0.34  # shares of what is known of a name
# One spelling for the many of one word. “St” is street and saint alike, so both become the same.
ONE_SPELLING = {
    "street": "st", "str": "st", "saint": "st", "road": "rd", "avenue": "ave", "av": "ave", "boulevard": "blvd",
    "lane": "ln", "drive": "dr", "close": "cl", "court": "ct", "crescent": "cres", "gardens": "gdns", "gdn": "gdns",
    "green": "grn", "place": "pl", "square": "sq", "terrace": "terr", "ter": "terr", "park": "pk", "grove": "gr",
    "north": "n", "south": "s", "east": "e", "west": "w", "mount": "mt", "great": "gt", "little": "lt",
    "station": "stn", "centre": "ctr", "center": "ctr", "and": "", "the": "",
}  # fmt: skip
# Words that stand beside a place and say nothing of which it is, in their one spelling. None of them is a name alone.
ORDINARY = frozenset(
    """
    a about address again alley an another approx area around at back bar been behind bench between block box bridge
    building bus by car carpark cash city club corner ctr cycleway district door doorway down e end entrance estate
    exit field flat floor food footpath friend friends from front gate ground hall hers his home hotel house i in inside
    into is it junction just lake left local lower machine main market me middle my n near nearby next night no not
    of off office on opposite or other our out outside over own parking party path pavement pc pk pl platform play
    playground property pub public rail railway rd rear region residence restaurant right room roundabout s school
    shop shopping shops side site sq st stairwell stn stop store subway takeaway taxi this through to top towards
    town train underpass unit unknown up upper w was way when where while with work yard
    """.split()  # noqa: SIM905 - a list of a hundred quoted words would be harder to read
)
POSTCODE = re.compile(r"\b[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2}\b")
NUMBER = re.compile(r"[0-9]+[a-z]?")
AREA_CODE = re.compile(r"\b[ew]01[0-9]{6}\b")


class Confidence(IntEnum):
    """How sure an area is; higher is surer."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Entry:
    """A name, and the areas it was met in: area -> how often, or how much of it lies there."""

    name: str
    areas: Mapping[str, float]
    sure: bool = False  # somebody who knows the place wrote it down: one word is enough


@dataclass(frozen=True)
class Found:
    """What became of a text. `area` is empty exactly when the confidence is none; `why` repeats no word of the text."""

    area: str
    confidence: Confidence
    why: str


@dataclass(frozen=True)
class _Met:
    """A name found in a text: where it starts and ends, in words, and whether a word of it was set right."""

    start: int
    end: int
    name: tuple[str, ...]
    mended: bool


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in one spelling: no case, accents, house numbers, postcodes or punctuation."""
    plain = text[:LONGEST].casefold().replace("ß", "ss")
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    plain = re.sub("['’`]", "", plain)
    plain = POSTCODE.sub(" ", re.sub(r"[^a-z0-9 ]", " ", plain))
    spelt = (ONE_SPELLING.get(word, word) for word in plain.split() if not NUMBER.fullmatch(word))
    return tuple(word for word in spelt if word)


@dataclass(frozen=True)
class Gazetteer:
    """Names that are looked for in texts.

    entries    names with their areas; several entries of one name add up
    contexts   names of larger places (wards, parts of a town) -> the areas in them: alone they name no small area,
               beside a street they say which of several is meant. So do names joined in one, and their first words:
               of Stony Stratford North & Calverton, Stony, Stony Stratford and Calverton
    elsewhere  names of other districts: beside a name, they say that the place is not here
    """

    entries: tuple[Entry, ...]
    contexts: tuple[Entry, ...] = ()
    elsewhere: tuple[str, ...] = ()
    _mended: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def areas(self) -> frozenset[str]:
        """Every area that a text can be placed in."""
        return frozenset(area for known in self._names.values() for area in known)

    @cached_property
    def _names(self) -> dict[tuple[str, ...], dict[str, float]]:
        names = _indexed(self.entries)
        weak = {n for n in names if len(n) == 1 and (n[0] in ORDINARY or n in self._parts)} - self._sure
        return {name: areas for name, areas in names.items() if name not in weak}

    @cached_property
    def _sure(self) -> frozenset[tuple[str, ...]]:
        return frozenset(words_of(entry.name) for entry in self.entries if entry.sure)

    @cached_property
    def _parts(self) -> dict[tuple[str, ...], dict[str, float]]:
        """Larger places by their names, and by the first words of these where no other has them as its name."""
        whole = _indexed(
            Entry(part, entry.areas) for entry in self.contexts for part in re.split(r" & | and |,|/", entry.name)
        )
        found: dict[tuple[str, ...], dict[str, float]] = {}
        for name, areas in whole.items():
            for length in range(1, len(name)):
                if not ORDINARY.issuperset(name[:length]):
                    found.setdefault(name[:length], {}).update(areas)
        return found | whole

    @cached_property
    def _around(self) -> dict[tuple[str, ...], dict[str, float]]:
        return {name: areas for name, areas in self._parts.items() if name not in self._names}

    @cached_property
    def _away(self) -> frozenset[tuple[str, ...]]:
        known = {words_of(name) for name in self.elsewhere} - {()}
        return frozenset(known - self._names.keys() - self._around.keys())

    @cached_property
    def _longest(self) -> int:
        return max((len(name) for known in (self._names, self._around, self._away) for name in known), default=0)

    @cached_property
    def _words(self) -> dict[str, set[str]]:
        """Every word of a name by its first two letters, and by its first and last, for setting right what is near."""
        found: dict[str, set[str]] = {}
        known = {word for names in (self._names, self._around) for name in names for word in name}
        for word in known | {long for long, short in ONE_SPELLING.items() if short in known}:
            if len(word) >= SHORTEST_MENDED:
                for ends in _ends(word):
                    found.setdefault(ends, set()).add(word)
        return found

    @cached_property
    def _known_words(self) -> frozenset[str]:
        known = (self._names, self._around, self._away)
        return ORDINARY | {word for names in known for name in names for word in name}

    def locate(self, text: str) -> Found:
        """The area that a text means, the confidence and why. Never an area that no entry has."""
        if code := AREA_CODE.search(text[:LONGEST].casefold()):
            area = code[0].upper()
            return Found(area, Confidence.HIGH, "gives the area's code") if area in self.areas else NOT_OURS
        return self._located(words_of(text))

    def _located(self, words: tuple[str, ...]) -> Found:
        if not words:
            return SILENT
        right = tuple(word if word in self._known_words else self._set_right(word) for word in words)
        met = self._met(words, right)
        if any(m.name in self._away for m in met):
            return NOT_OURS
        named = [m for m in met if m.name in self._names]
        # One word that is a name may stand there for another reason: a longer name outranks it.
        named = [m for m in named if len(m.name) > 1 or m.name in self._sure] or named
        if not named:
            return TOO_WIDE if any(m.name in self._around for m in met) else UNKNOWN
        shares = _common([self._names[m.name] for m in named])
        if not shares:
            return APART
        around = [self._around[m.name] for m in met if m.name in self._around]
        narrowed = _common([shares, *around]) if around else shares
        explained = {place for m in met for place in range(m.start, m.end)}
        strange = [n for n, word in enumerate(right) if n not in explained and word not in ORDINARY]
        town = bool(strange) and strange[-1] >= max(m.end for m in met) and not any(m.name in self._sure for m in named)
        most = Confidence.LOW if town else Confidence.MEDIUM if strange else Confidence.HIGH
        steps = {
            "a misspelt word was set right": any(m.mended for m in named),
            "a name of one word": all(len(m.name) == 1 and m.name not in self._sure for m in named),
            "the part of the town does not agree": bool(around) and not narrowed,
        }
        return _weighed(narrowed or shares, [said for said, so in steps.items() if so], most)

    def _met(self, words: tuple[str, ...], right: tuple[str, ...]) -> list[_Met]:
        """Names in a text, longest first, none overlapping another; in the order of the text."""
        taken = [False] * len(right)
        met = []
        for length in range(min(self._longest, len(right)), 0, -1):
            for start in range(len(right) - length + 1):
                name = right[start : start + length]
                if any(taken[start : start + length]):
                    continue
                if name in self._names or name in self._around or name in self._away:
                    taken[start : start + length] = [True] * length
                    met.append(_Met(start, start + length, name, name != words[start : start + length]))
        return sorted(met, key=lambda m: m.start)

    def _set_right(self, word: str) -> str:
        """The one word of the gazetteer that comes near a misspelt one; the word itself where none or several do."""
        if len(word) < SHORTEST_MENDED:
            return word
        if word not in self._mended:
            self._mended[word] = self._nearest(word)
        return self._mended[word]

    def _nearest(self, word: str) -> str:
        match = SequenceMatcher(autojunk=False)
        match.set_seq2(word)
        near: list[tuple[float, str]] = []
        for known in sorted(set().union(*(self._words.get(ends, ()) for ends in _ends(word)))):
            if abs(len(known) - len(word)) > 2:
                continue
            match.set_seq1(known)
            if match.real_quick_ratio() >= ALIKE and match.quick_ratio() >= ALIKE and match.ratio() >= ALIKE:
                near.append((match.ratio(), known))
        near.sort(reverse=True)
        alone = near and (len(near) == 1 or near[0][0] > near[1][0])
        return ONE_SPELLING.get(near[0][1], near[0][1]) if alone else word


def _ends(word: str) -> tuple[str, str]:
    """By which a misspelt word is looked up: few mistakes change both the second letter and the last."""
    return word[:2], f"{word[0]}*{word[-1]}"


def _weighed(shares: Mapping[str, float], steps: list[str], most: Confidence) -> Found:
    """The likeliest area, at most so sure; each of `steps` makes it less so."""
    area, share = min(shares.items(), key=lambda item: (-item[1], item[0]))
    share = round(share / sum(shares.values()), 9)
    if share >= HIGH:
        sure, why = Confidence.HIGH, "the name lies in one area"
    elif share >= MEDIUM:
        sure, why = Confidence.MEDIUM, "most of the name lies in one area"
    elif share >= LOW:
        sure, why = Confidence.LOW, f"the likeliest of {len(shares)} areas"
    else:
        return Found("", Confidence.NONE, f"the name lies in {len(shares)} areas, and in none much more than in others")
    for said in steps:
        sure, why = Confidence(max(sure - 1, Confidence.NONE)), f"{why}; {said}"
    if sure > most:
        sure, why = most, f"{why}; other words were not understood"
    return Found(area if sure else "", sure, why)


SILENT = Found("", Confidence.NONE, "no words on the place")
UNKNOWN = Found("", Confidence.NONE, "no name that is known")
APART = Found("", Confidence.NONE, "names that lie apart")
NOT_OURS = Found("", Confidence.NONE, "a place elsewhere")
TOO_WIDE = Found("", Confidence.NONE, "a part of the town, and no street or venue in it")


def _indexed(entries: Iterable[Entry]) -> dict[tuple[str, ...], dict[str, float]]:
    found: dict[tuple[str, ...], dict[str, float]] = {}
    for entry in entries:
        name = words_of(entry.name)
        if not name:
            continue
        known = found.setdefault(name, {})
        for area, weight in entry.areas.items():
            if weight > 0:
                known[area] = known.get(area, 0.0) + weight
    return {name: areas for name, areas in found.items() if areas}


def _common(those: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The areas that all have, each weighed by its share in each; empty when there is none."""
    shares: dict[str, float] = {}
    for number, areas in enumerate(those):
        total = sum(areas.values())
        each = {area: weight / total for area, weight in areas.items()}
        shares = each if number == 0 else {a: s * each[a] for a, s in shares.items() if a in each}
    return shares
