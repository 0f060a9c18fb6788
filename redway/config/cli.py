"""The `redway` command: Django's management commands under one name."""

import os
import sys

from redway.config import demo_home
from redway.errors import RedwayError


def main() -> None:
    """Run one command; a fault that a person can mend is one sentence on stderr and exit status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redway.config.settings")
    if sys.argv[1:2] == ["demo"]:
        demo_home.choose(sys.argv[2:])
    from django.core.management import ManagementUtility

    try:
        ManagementUtility(["redway", *sys.argv[1:]]).execute()
    except RedwayError as fault:
        print(f"redway: {fault}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("redway: stopped.", file=sys.stderr)
        raise SystemExit(130) from None
