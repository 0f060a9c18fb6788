"""`redway states`: the states of commitments, gateways, deliveries and released tables, drawn."""

from argparse import ArgumentParser
from typing import Any

from redway.config.command import RedwayCommand
from redway.work.gateways import states as gateways
from redway.work.releases import states as releases
from redway.work.returns import states as deliveries
from redway.work.strategy import states as commitments

DIAGRAMS = {
    "commitment": commitments.diagram,
    "gateway": gateways.diagram,
    "delivery": deliveries.diagram,
    "release": releases.diagram,
}

EXAMPLES = """examples:
  redway states
  redway states gateway
  redway states delivery
"""


class Command(RedwayCommand):
    help = (
        "Print the states of a commitment, a gateway, a delivery or a released table, and the steps between them, as a "
        "Mermaid diagram."
    )
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "of", nargs="?", choices=list(DIAGRAMS), default="commitment", help="without it, commitment"
        )

    def handle(self, *, of: str, **_: Any) -> None:
        self.stdout.write(DIAGRAMS[of]())
