"""A process for `test_kill.py`: imports once, then forks a child for each import, so that children are cheap to kill.

Speaks JSON over its standard streams: one request a line, one answer a line.

    {"do": "import", "paths": [...], "die_at": "commit", "limit": null}   imports; dies at a step, by SIGKILL
    {"do": "import", ..., "die_after": 0.05}                              is killed after so many seconds
    {"do": "look"}                                                        reconciles and says what there is
"""

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

import django
import pyarrow.parquet as pq
from killing import answer, dies_after, dies_before, forked

django.setup()

from django.db import connection, transaction  # noqa: E402

from redway.errors import RedwayError  # noqa: E402
from redway.sources.loaders import loader  # noqa: E402
from redway.store import files  # noqa: E402
from redway.store.home import Home  # noqa: E402
from redway.work.returns import loading, receive, reconcile  # noqa: E402
from redway.work.returns.models import Submission  # noqa: E402
from redway.work.returns.versions import snapshot  # noqa: E402

loader("police-street")  # what is imported here no child has to import


STEPS = {
    "copied": lambda: dies_after(loading.files, "copy"),
    "loaded one file": lambda: dies_after(loading.Found, "unpack", 2),
    "before the plan": lambda: dies_before(reconcile, "plan"),
    "after the plan": lambda: dies_after(reconcile, "plan"),
    "one file in place": lambda: dies_after(files, "put_one", 1),
    "two files in place": lambda: dies_after(files, "put_one", 2),
    "half way through a flush": lambda: dies_before(files, "flush", 4),
    "every file in place": lambda: dies_before(receive, "_commit"),
    "in the transaction": lambda: dies_before(receive.audit, "record"),
    "at the end of the transaction": lambda: dies_after(receive.audit, "record"),
    "before the commit": lambda: dies_before(transaction.Atomic, "__exit__", 1),
    "after the commit": lambda: dies_after(receive, "_commit"),
    "while clearing up": lambda: dies_before(reconcile.shutil, "rmtree"),
}


def take_in(request):
    if step := request.get("die_at"):
        STEPS[step]()
    if limit := request.get("limit"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        receipt = receive.receive([Path(p) for p in request["paths"]], dataset="police-street", by="a test")
    except RedwayError as fault:
        return {"refused": str(fault)}
    return {"version": receipt.version}


def look(request):
    home = Home.current()
    missing = reconcile.reconcile(home)
    now = snapshot()
    return {
        "version": now.number,
        "rows": {f"{p.provider} {p.period}": count(p.path) for p in now.of("police-street")},
        "missing": missing,
        "strays": sorted(
            p.relative_to(home.root).as_posix()
            for folder, field in ((home.accepted, "parquet"), (home.raw, "raw"))
            for p in folder.rglob("*")
            if p.is_file()
            and p.relative_to(folder).as_posix() not in set(Submission.objects.values_list(field, flat=True))
        )
        + [p.name for p in home.incoming.iterdir()],
    }


def count(path):
    return pq.ParquetFile(path).read().num_rows


for line in sys.stdin:
    asked = json.loads(line)
    connection.close()
    if asked["do"] == "look":
        told = answer(*forked(look, asked))
    elif asked["do"] == "import":
        child = forked(take_in, asked)
        if "die_after" in asked:
            time.sleep(asked["die_after"])
            os.kill(child[0], signal.SIGKILL)
        told = answer(*child)
    else:  # two at once
        children = [forked(take_in, one) for one in asked["imports"]]
        told = [answer(*each) for each in children]
    print(json.dumps(told), flush=True)
