"""`redway states`: the states of a commitment, drawn."""

from typing import Any

from django.core.management.base import BaseCommand

from redway.work.strategy.states import diagram


class Command(BaseCommand):
    help = "Print the states of a commitment, and the steps between them, as a Mermaid diagram."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(diagram())
