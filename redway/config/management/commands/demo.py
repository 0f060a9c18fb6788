"""`redway demo`: a fictional city to try Redway on."""

import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connections

from redway.config import demo, demo_home, demo_returns, server
from redway.config.command import RedwayCommand
from redway.config.setting_up import set_up
from redway.config.warming import warm
from redway.store.home import Home
from redway.work.accounts.models import User
from redway.work.accounts.roles import Role

EXAMPLES = """examples:
  redway demo
  redway demo --port 8080
  redway demo --home ~/try-redway --no-serve

Everything in it is invented: the city, its people, its figures. It lives in a folder of its own, which can be
deleted at any time, and touches no other partnership. Ctrl-C stops it; the next start takes seconds.
"""


class Command(RedwayCommand):
    help = "Set up a fictional city, with a sign-in for each role, and serve its pages."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="default: 8000")
        parser.add_argument("--home", metavar="FOLDER", help=f"where it lives; default: {demo_home.usual()}")
        parser.add_argument("--no-serve", action="store_true", help="set up, print the sign-ins, and end")

    def handle(self, *, port: int, no_serve: bool, **_: Any) -> None:
        home = Home.current()
        demo_home.check_folder(home)
        if not no_serve:
            server.listen("127.0.0.1", port).close()  # better told now than after the set-up
        with step("The city, five years of its street crime, and what its agencies send"):
            set_up(demo.PROFILE, by=demo.BY)
        with step("A person for each role"):
            people = demo.sign_ins(home)
        with step("Owners and dates for some of its commitments"):
            demo.promises(home)
        with step("Returns that wait for somebody"):
            demo_returns.returns()
        with step("Findings and charts"):
            warm(home, seen_by=User.objects.get(username=Role.CHAIR))
        connections.close_all()
        self.tell(home, people, "" if no_serve else server.address("127.0.0.1", port))
        if not no_serve:
            serve_afresh(port)

    def tell(self, home: Home, people: list[demo.SignIn], address: str) -> None:
        width = max(len(one.username) for one in people)
        self.stdout.write(f"\nAldermere, a fictional city, is ready in {home.root}.")
        self.stdout.write(f"Open {address} and sign in as:\n" if address else "Sign in as:\n")
        for one in people:
            password = one.password or "(changed by its owner)"
            self.stdout.write(f"  {one.username:{width}}  {password}   {one.name}")
        named = "" if home.root == demo_home.usual() else f" --home {home.root}"
        self.stdout.write("" if address else f"\nStart its pages with: redway demo{named}")
        self.stdout.flush()


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and how many seconds it took."""
    began = time.monotonic()
    print(f"  {what} ... ", end="", file=sys.stderr, flush=True)
    try:
        yield
    except BaseException:
        print("stopped.", file=sys.stderr, flush=True)
        raise
    print(f"{time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)


def serve_afresh(port: int) -> None:
    """Serve in a fresh process: this one has used its threads and its key, and servers fork."""
    arguments = ["serve", "--port", str(port)]
    if os.name == "nt":
        call_command(*arguments)
    else:
        os.execv(sys.executable, [sys.executable, "-m", "redway", *arguments])  # noqa: S606
