"""`redway states`: the states of a commitment, drawn."""

from typing import Any

from redway.config.command import RedwayCommand
from redway.work.strategy.states import diagram


class Command(RedwayCommand):
    help = "Print the states of a commitment, and the steps between them, as a Mermaid diagram."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(diagram())
