"""The worked example of an open dataset's template, sent by mistake: a whole table, and none of it is true."""

import csv
from collections.abc import Sequence
from pathlib import Path

from redway.errors import FileRefused, Place
from redway.sources.dataset import Context, Dataset, Loaded
from redway.sources.layouts import layout
from redway.sources.loaders import Loader

MOST_OF_ONE = 40  # rows are counted for one of a publisher's table, and fewer: 24 for one of reasons for exclusions


def refuse_made_up(
    loads: Sequence[Loaded], definition: Dataset, load: Loader, *, file_name: str, into: Path, context: Context
) -> None:
    """Raise FileRefused where what was loaded is what the worked example gives here.

    into  a folder for work, which is not there yet. Only a file of as many rows as an example can have costs anything.
    """
    published = layout(definition.name) if definition.access == "open" else None
    if published is None:
        return
    times, over = divmod(sum(one.rows_read for one in loads), len(published.rows))
    if over or not 1 <= times <= MOST_OF_ONE:
        return
    into.mkdir()
    path = into / (definition.named or "example.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([published.headings, *published.rows])
    try:
        made_up = load.load(path, file_name=path.name, into=into, context=context)
    except FileRefused:  # here its areas are not known, so it was not taken either
        return
    if {one.content for one in made_up} & {one.content for one in loads}:
        raise FileRefused(
            "what its publisher counted",
            came="the worked example of the template, which is made up",
            cause=f"the example was sent in place of a file. {definition.where_from}",
            place=Place(file_name),
        )
