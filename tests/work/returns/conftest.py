"""Accepted partners' data without any publisher's layout: Parquet, submissions and a data version, as an import
leaves them.
"""

from pathlib import Path

import pyarrow as pa
import pytest


@pytest.fixture
def accept(partnership, db):
    """Accepts rows as submissions of one new data version: (dataset, provider, period, rows), each a dictionary."""
    from redway.store import content, files
    from redway.work.returns.models import DataVersion, Submission
    from redway.work.returns.versions import everything

    def accept(*parts):
        before = everything()
        made = []
        for dataset, provider, period, rows in parts:
            folder = partnership.incoming / "made"
            folder.mkdir(exist_ok=True)
            path, name = content.write(pa.Table.from_pylist(rows), folder)
            files.put(path, partnership.accepted / dataset / f"{name}.parquet")
            made.append(
                Submission.objects.create(
                    dataset=dataset,
                    provider=provider,
                    period=period,
                    content=name,
                    file_name=f"{dataset}.csv",
                    raw="",
                    parquet=Path(dataset, f"{name}.parquet").as_posix(),
                    rows_read=len(rows),
                    rows_accepted=len(rows),
                    received_by="a test",
                )
            )
        new = {(s.dataset, s.provider, s.period) for s in made}
        kept = [p.submission for p in before.parts if (p.dataset, p.provider, p.period) not in new]
        version = DataVersion.objects.create(number=before.number + 1, made_by="a test", summary="made by a test")
        version.submissions.add(*kept, *made)
        return made

    return accept
