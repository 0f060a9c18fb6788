"""What is wrong with a command's options, in three parts in place of a wall of usage."""

import re
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any, NoReturn

from redway.errors import RedwayError, did_you_mean

NUMBERS = {"int": "a whole number", "float": "a number"}


def explained(parser: ArgumentParser, *, where: str) -> Callable[[str], NoReturn]:
    """What a parser is to do with a fault that it found: raise it in words. `where` says where its options are told."""

    def error(message: str) -> NoReturn:
        for pattern, fault in FAULTS:
            if found := re.fullmatch(pattern, message, re.DOTALL):
                raise fault(parser, where, *found.groups())
        raise RedwayError(f"options as {where} tells them", came=message, cause="an option left out, or one too many.")

    return error


def _unknown(parser: ArgumentParser, where: str, given: str) -> RedwayError:
    options = [name for action in parser._actions for name in action.option_strings if name.startswith("--")]
    first = given.split()[0]
    if not first.startswith("-"):
        cause = "a value with a blank in it, which needs quotation marks around it."
        return RedwayError("an option, --NAME, and its value", came=f"“{given}”", cause=cause)
    name = first.split("=")[0]
    return RedwayError(f"an option that {where} lists", came=f"“{name}”", cause=did_you_mean(name, options))


def _no_number(parser: ArgumentParser, where: str, option: str, kind: str, came: str) -> RedwayError:
    cause = "a word, a unit or a mark beside the number, or a fraction where whole numbers are meant."
    return RedwayError(f"{option}: {NUMBERS.get(kind, kind)}", came=f"“{came}”", cause=cause)


def _no_choice(parser: ArgumentParser, where: str, option: str, came: str, words: str) -> RedwayError:
    among = [word.strip().strip("'") for word in words.split(",")]
    shown = ", ".join(word or "nothing" for word in among)
    return RedwayError(f"{option}: one of {shown}", came=f"“{came}”", cause=did_you_mean(came, filter(None, among)))


def _no_value(parser: ArgumentParser, where: str, option: str) -> RedwayError:
    cause = "a value that was left out, or one that begins with a dash: write --NAME=VALUE."
    return RedwayError(f"{option}: a value after it", came="none", cause=cause)


def _many(parser: ArgumentParser, where: str, given: str, options: str) -> RedwayError:
    return RedwayError(f"one of {options}", came=f"“{given}”", cause="a name that was cut short.")


def _unread(parser: ArgumentParser, where: str, option: str, expected: str, came: str) -> RedwayError:
    several = "commas" in expected
    cause = "blanks or semicolons between them, or a word among them." if several else "a day that does not exist."
    return RedwayError(f"{option}: {expected}", came=came, cause=cause)


def _twice(parser: ArgumentParser, where: str, option: str, other: str) -> RedwayError:
    cause = "two names of one setting, ours and another tool's: give one of them."
    return RedwayError(f"{option} or {other}, the same setting", came="both", cause=cause)


FAULTS: tuple[tuple[str, Any], ...] = (
    (r"unrecognized arguments: (.*)", _unknown),
    (r"argument (?:\S+/)?([^/:]+): invalid (\w+) value: ['\"](.*)['\"]", _no_number),
    (r"argument (?:\S+/)?([^/:]+): invalid choice: ['\"](.*)['\"] \(choose from (.*)\)", _no_choice),
    (r"argument (?:\S+/)?([^/:]+): expected one argument", _no_value),
    (r"ambiguous option: (\S+) could match (.*)", _many),
    (r"argument (?:\S+/)?([^/:]+): expected (.*)\. What came: (.*)\.", _unread),
    (r"argument (?:\S+/)?([^/:]+): the same setting as (\S+), given.*", _twice),
)
