"""A process for `test_delivery_kills.py`: works on deliveries in forked children, so that they are cheap to kill.

Speaks JSON over its standard streams: one request a line, one answer a line.

    {"do": "work", "die_at": "every file in place"}   works on the next delivery; dies at a step, by SIGKILL
    {"do": "work", "die_after": 0.05}                  is killed after so many seconds
    {"do": "both"}                                     two processes at once, each until nothing waits
    {"do": "deliver", "path": ..., "die_at": ...}      hands a file in
    {"do": "look"}                                     says what there is
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import django
import pyarrow.parquet as pq
from killing import answer, dies_after, dies_before, forked

django.setup()

from django.db import connection  # noqa: E402

from redway.sources.loaders import loader  # noqa: E402
from redway.store import files, sealed  # noqa: E402
from redway.store.home import Home  # noqa: E402
from redway.work.returns import checking, deliveries, loading, quarantine, receive, reconcile  # noqa: E402
from redway.work.returns.models import Delivery  # noqa: E402
from redway.work.returns.quarantine import Sent  # noqa: E402
from redway.work.returns.states import Way  # noqa: E402
from redway.work.returns.versions import everything  # noqa: E402

loader("fire")  # what is imported here no child has to import


STEPS = {
    "taken": lambda: dies_before(checking, "_run"),
    "unsealed": lambda: dies_after(quarantine, "unseal_all"),
    "before loading": lambda: dies_before(loading, "loader"),
    "reported": lambda: dies_after(checking, "report_of"),
    "after the plan": lambda: dies_after(reconcile, "plan"),
    "one file in place": lambda: dies_after(files, "put_one"),
    "in the transaction": lambda: dies_after(receive, "_version"),
    "before its state is written": lambda: dies_before(checking, "_finish"),
    "at the end of the transaction": lambda: dies_after(checking, "_finish"),
    "before what was sent is deleted": lambda: dies_before(quarantine, "remove_sent"),
    "after it": lambda: dies_after(quarantine, "remove_sent"),
    "sealed": lambda: dies_after(sealed, "seal"),
    "sealed, without a row": lambda: dies_after(quarantine, "seal_all"),
}


def work(request):
    if step := request.get("die_at"):
        STEPS[step]()
    done = checking.work_on_next()
    return {"state": done.state if done else None}


def work_all(request):
    """Until nothing waits, as a worker does."""
    found = []
    for _ in range(200):
        try:
            done = checking.work_on_next()
        except checking.Busy:
            time.sleep(0.02)
            continue
        if done is None:
            return {"worked_on": found}
        found.append(str(done.public_id))
    return {"worked_on": found, "endless": True}


def deliver(request):
    if step := request.get("die_at"):
        STEPS[step]()
    made = deliveries.deliver(
        files=[Sent("fires.csv", Path(request["path"]))], dataset="fire", way=Way.COMMAND, by="a test"
    )
    return {"state": made.state}


def look(request):
    home = Home.current()
    quarantine.ABANDONED = 0.0  # as if a day had gone by
    with checking.alone(home):
        quarantine.sweep(home)
    missing = reconcile.reconcile(home)
    return {
        "states": sorted(Delivery.objects.values_list("state", flat=True)),
        "version": everything().number,
        "rows": sorted(pq.ParquetFile(p.path).read().num_rows for p in everything().of("fire")),
        "quarantine": sorted(p.name for p in home.quarantine.rglob("*")),
        "incoming": [p.name for p in home.incoming.iterdir()],
        "missing": missing,
    }


DO = {"work": work, "all": work_all, "deliver": deliver, "look": look}


def do(request):
    return DO[request["do"]](request)


for line in sys.stdin:
    asked = json.loads(line)
    connection.close()
    if asked["do"] == "both":
        children = [forked(do, {"do": "all"}) for _ in range(2)]
        told = [answer(*each) for each in children]
    else:
        child = forked(do, asked)
        if "die_after" in asked:
            time.sleep(asked["die_after"])
            os.kill(child[0], signal.SIGKILL)
        told = answer(*child)
    print(json.dumps(told), flush=True)
