"""Youth justice disposals: checked by their definition; serious violence worked out where the service left it empty."""

from pathlib import Path

import duckdb

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.returned.load import load_return

# The Youth Justice Board's serious violence: drugs, robbery or violence, of gravity five or more.
SERIOUS = "offence_type IN ('violence', 'robbery', 'drugs') AND gravity IN ('5', '6', '7', '8')"


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """Check a return and write its rows, one file a quarter. Raises FileRefused for one that cannot be taken."""
    return load_return(
        path, dataset=dataset("youth-justice"), file_name=file_name, into=into, context=context, change=_marked
    )


def _marked(db: duckdb.DuckDBPyConnection, view: str) -> str:
    """A view with serious violence marked on each row; null only where the kind is such and the gravity unknown."""
    db.execute(
        "CREATE VIEW marked AS SELECT * REPLACE (coalesce(serious_violence, "  # noqa: S608 - our own names
        f"{SERIOUS}) AS serious_violence) FROM {view}"
    )
    return "marked"
