"""What every `redway` command has in common: help that shows its own options and examples, nothing of Django's."""

import argparse
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand

INHERITED = {"version", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color", "skip_checks"}


class RedwayCommand(BaseCommand):
    """A management command with `examples` under its help."""

    examples = ""
    requires_system_checks = ()  # they would load every web page first

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, epilog=self.examples, **kwargs
        )
        _hide_inherited(parser)
        return parser


def _hide_inherited(parser: ArgumentParser) -> None:
    """Leave Django's options working and out of sight: they are of use to developers only."""
    for action in parser._actions:
        if action.dest in INHERITED:
            action.help = argparse.SUPPRESS
