"""What the readers of ordinary rows (`plain_ods`, `plain_xlsx`) share: when they give up, and how text is spelt."""

import re
from html import unescape

from redway.store.sheets.cells import number

# Up to 15 digits that are what they say: 007 and 1_000 are not.
WHOLE = re.compile(r"-?[1-9][0-9]{0,14}|0")
NUMBER = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,2})?")
REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")


class Other(Exception):
    """Rows hold something that is not ordinary, or more than memory should."""


def plain_text(content: bytes) -> str:
    """Some XML as text. Raises Other where it is no UTF-8, or has line ends that a reader of XML would change."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise Other from None
    if "\r" in text:
        raise Other
    return text


def unescaped(shown: str) -> str:
    """Text in which “&” stands. Raises Other for references but the five that XML knows by name."""
    if REFERENCE.search(shown):
        raise Other
    return unescape(shown)


def plain_number(value: str) -> str:
    """A number as text. Raises Other for one in an unusual spelling."""
    if WHOLE.fullmatch(value):
        return value
    if not NUMBER.fullmatch(value):
        raise Other
    return number(float(value))
