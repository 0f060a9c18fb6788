"""Police forces as files name them: one spelling each, and the slug of it in the publisher's file names."""

import re
from collections.abc import Iterable, Mapping

NORTHERN_IRELAND, TRANSPORT = "Police Service of Northern Ireland", "British Transport Police"
OTHER_SLUGS = {NORTHERN_IRELAND.casefold(): "northern-ireland", TRANSPORT.casefold(): "btp"}
ENDINGS = ("police", "constabulary", "service")
# The share of a force's rows that may have a point and no area code. Areas are of England and Wales only;
# the transport police work in Scotland too.
WITHOUT_AREAS: Mapping[str, float] = {NORTHERN_IRELAND: 1.0, TRANSPORT: 0.5}


def slug(force: str) -> str:
    """A force as the publisher's file names spell it: `Thames Valley Police` -> `thames-valley`."""
    if other := OTHER_SLUGS.get(folded(force)):
        return other
    words = re.findall(r"[a-z]+", force.lower().replace("&", " and ").replace("-", " "))
    while words and words[-1] in ENDINGS:
        words.pop()
    return "-".join(words)


def named(file_slug: str, force: str) -> bool:
    """Whether a slug in a file's name is this force's, or that of a name it had before or has since:
    `hampshire` for Hampshire and Isle of Wight Constabulary.
    """
    given, own = file_slug.lower(), slug(force)
    return given == own or given.startswith(f"{own}-") or own.startswith(f"{given}-")


def folded(force: str) -> str:
    """A force's name with case and spacing put aside."""
    return " ".join(force.split()).casefold()


def spellings(forces: Iterable[str]) -> dict[str, str]:
    """The one spelling of each force by its folded name: the first one given."""
    found: dict[str, str] = {}
    for force in forces:
        found.setdefault(folded(force), " ".join(force.split()) or force)
    return found
