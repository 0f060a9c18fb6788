"""`redway serve`: the pages of the partnership in this home."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from redway.config import server
from redway.config.command import RedwayCommand
from redway.errors import NotSetUp
from redway.store.home import Home
from redway.store.lock import Busy
from redway.store.profile import Profile
from redway.work.returns.reconcile import reconcile

EXAMPLES = """examples:
  redway serve
  redway serve --port 8080
  REDWAY_HOSTS=redway.example.org redway serve --host 0.0.0.0

Only this machine can reach it unless --host says otherwise; then name in REDWAY_HOSTS what people type
in their browsers, and put a proxy with TLS before it (REDWAY_HTTPS=yes). Ctrl-C stops it. Returns that are handed in
are checked by a process beside it, unless --no-worker leaves that to one you run (redway work).
"""


class Command(RedwayCommand):
    help = "Serve the pages of the partnership in REDWAY_HOME."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="default: 8000")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on; default: 127.0.0.1")

        parser.add_argument("--no-worker", action="store_true", help="redway work runs elsewhere")

    def handle(self, *, port: int, host: str, no_worker: bool, **_: Any) -> None:
        home = Home.current()
        partnership = Profile.of(home).partnership
        ear = server.listen(host, port)
        check_database()
        for sentence in tidied(home):
            print(sentence, file=sys.stderr)
        connections.close_all()

        def ready() -> None:
            self.stdout.write(f"{partnership.name}: {server.address(host, port)}  (Ctrl-C stops it)")
            if os.name == "nt":
                self.stdout.write("On Windows this is a simple server: enough for an office, not for a public address.")
            self.stdout.flush()
            if not no_worker:
                workers.append(server.Worker())

        workers: list[server.Worker] = []
        try:
            server.serve(ear, ready=ready)
        finally:
            for worker in workers:
                worker.stop()


def check_database() -> None:
    """Raises NotSetUp when the database is older than this release."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise NotSetUp(
            "a database of this release of Redway",
            came=f"one that lacks {len(waiting)} changes of layout",
            cause="Redway was upgraded, or set-up was stopped half way. Run: redway migrate",
        )


def tidied(home: Home) -> list[str]:
    """Undo what stopped imports left; a sentence for each accepted file that is gone."""
    try:
        return reconcile(home, patience=0)
    except Busy:
        return []  # an import is at work, and tidied up as it began
