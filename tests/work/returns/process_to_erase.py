"""A process for `test_kill_destruction.py`: erases, destroys and imports in children that are killed.

Speaks JSON over its standard streams: one request a line, one answer a line.

    {"do": "erase", "die_at": "written"}      erases a pseudonym; dies at a step, by SIGKILL
    {"do": "retention", "die_at": null}       destroys what is past its time
    {"do": "settle"}                          what the next import does first
    {"do": "look"}                            says what there is, settling nothing
    {"do": "both", "requests": [...]}         two at once
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import django
import pyarrow.parquet as pq
from django.db import connection, transaction
from killing import answer, dies_after, dies_before, forked

django.setup()

from redway.errors import RedwayError  # noqa: E402
from redway.sources.dataset import dataset  # noqa: E402
from redway.store import files  # noqa: E402
from redway.store.home import Home  # noqa: E402
from redway.work.returns import destruction, erasure, reconcile, retention  # noqa: E402
from redway.work.returns.models import DataVersion, Destruction, Submission  # noqa: E402
from redway.work.returns.receive import receive  # noqa: E402
from redway.work.returns.versions import everything  # noqa: E402

PERSON = "ab" * 16
dataset("youth-justice")

STEPS = {
    "nothing written": lambda: dies_before(erasure, "_rewritten"),
    "written": lambda: dies_before(reconcile, "plan"),
    "planned": lambda: dies_after(reconcile, "plan"),
    "one file in place": lambda: dies_after(files, "put_one", 1),
    "every file in place": lambda: dies_before(erasure, "_commit"),
    "in the transaction": lambda: dies_before(destruction, "record"),
    "at the end of the transaction": lambda: dies_after(destruction, "record"),
    "before the commit": lambda: dies_before(transaction.Atomic, "__exit__", 1),
    "before the files": lambda: dies_before(destruction, "finish"),
    "one file gone": lambda: dies_after(Path, "unlink", 1),
    "every file gone": lambda: dies_before(destruction, "forget_derived"),
    "caches gone": lambda: dies_after(destruction, "forget_derived"),
    "while clearing up": lambda: dies_before(reconcile.shutil, "rmtree"),
}


def do(request):
    if step := request.get("die_at"):
        STEPS[step]()
    try:
        if request["do"] == "erase":
            done = erasure.erase(dataset="youth-justice", pseudonym=PERSON, reason="ER-14", by="a test")
            return {"rows": done.rows}
        if request["do"] == "retention":
            return {"rows": sum(done.rows for done in retention.run(by="a test"))}
        if request["do"] == "import":
            return {"version": receive([Path(request["path"])], dataset="lsoa-lookup", by="a test").version}
        reconcile.reconcile(Home.current())
        return {}
    except RedwayError as fault:
        return {"refused": str(fault)}


def look(request):
    home = Home.current()
    numbers = DataVersion.objects.order_by("number").values_list("number", flat=True)
    owned = set(Submission.objects.values_list("parquet", flat=True))
    return {
        "people": {
            number: {
                p.period: pq.read_table(p.path)["child"].to_pylist() for p in everything(number).of("youth-justice")
            }
            for number in numbers
        },
        "strays": sorted(
            p.name
            for p in home.accepted.rglob("*")
            if p.is_file() and p.relative_to(home.accepted).as_posix() not in owned
        )
        + [p.name for p in home.incoming.iterdir()],
        "holding": sorted(
            p.name for p in home.accepted.rglob("*.parquet") if PERSON in str(pq.read_table(p).to_pydict())
        ),
        "caches": sorted(p.name for p in home.derived.rglob("*") if p.is_file()),
        "records": list(Destruction.objects.values_list("rows", flat=True)),
        "unfinished": Destruction.objects.filter(finished_at=None).count(),
    }


for line in sys.stdin:
    asked = json.loads(line)
    connection.close()
    if asked["do"] == "look":
        told = answer(*forked(look, asked))
    elif asked["do"] == "both":
        children = [forked(do, one) for one in asked["requests"]]
        told = [answer(*each) for each in children]
    else:
        child = forked(do, asked)
        if "die_after" in asked:
            time.sleep(asked["die_after"])
            os.kill(child[0], signal.SIGKILL)
        told = answer(*child)
    print(json.dumps(told), flush=True)
