"""The `redway` command: Django's management commands under one name."""

import os
import sys

import redway
from redway.config import demo_home
from redway.errors import RedwayError
from redway.store.home import Home


def main() -> None:
    """Run one command; a fault that a person can mend is one sentence on stderr and exit status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redway.config.settings")
    if sys.argv[1:] in (["--version"], ["version"]):  # else Django would name its own
        print(redway.__version__)
        return
    if sys.argv[1:] in ([], ["help"], ["--help"], ["-h"]):
        print(overview())
        return
    if sys.argv[1:2] == ["demo"]:
        demo_home.choose(sys.argv[2:])
    from django.core.management import ManagementUtility
    from django.db import DatabaseError

    try:
        ManagementUtility(["redway", *sys.argv[1:]]).execute()
    except RedwayError as fault:
        print(f"redway: {fault}", file=sys.stderr)
        raise SystemExit(1) from None
    except DatabaseError as fault:
        print(f"redway: {_unusable(fault)}", file=sys.stderr)
        raise SystemExit(1) from None
    except BrokenPipeError:  # whoever read the output has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as fault:
        print(f"redway: {_unreadable(fault)}", file=sys.stderr)
        raise SystemExit(1) from None
    except MemoryError as fault:
        print(f"redway: {_too_large(fault)}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        print("redway: stopped.", file=sys.stderr)
        raise SystemExit(130) from None


def overview() -> str:
    """Our own commands with a line each; Django's work too, and are of use to developers only."""
    import django
    from django.core.management import get_commands, load_command_class

    django.setup()
    own = sorted(name for name, app in get_commands().items() if app == "redway.config")
    wide = max(map(len, own)) + 2
    lines = [f"  {name:<{wide}}{load_command_class('redway.config', name).help}" for name in own]
    return "\n".join(["usage: redway COMMAND …", "", *lines, "", "redway COMMAND --help explains one, with examples."])


def _unusable(fault: Exception) -> RedwayError:
    """A database that cannot be asked, in one sentence."""
    return RedwayError(
        f"the database of the partnership in {Home.current().root}",
        came=str(fault),
        cause="it has not been set up, which redway setup PROFILE does; a full disk or a folder that may not be "
        "written; or a damaged file, to be put back from a copy of the home.",
    )


def _unreadable(fault: OSError) -> RedwayError:
    """A file or folder that the machine would not give, in one sentence."""
    return RedwayError(
        f"a file or folder that can be read and written at {fault.filename}"
        if fault.filename
        else "files and folders that can be read and written",
        came=(fault.strerror or str(fault)).lower(),
        cause="a mistyped path, missing permission, a full disk, or a disk or network folder that failed.",
    )


def _too_large(fault: MemoryError) -> RedwayError:
    """Work that the machine has not memory enough for, in one sentence."""
    return RedwayError(
        "as much memory as this work takes",
        came=str(fault).strip().rstrip(".") or "a machine that has no more to give",
        cause="a table larger than this machine can work with: take fewer rows, areas or periods, or add them up to "
        "larger ones; or other programs that use its memory: close them and try again.",
    )
