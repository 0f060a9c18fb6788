"""`redway versions`: the data versions there are."""

import sys
from typing import Any

from django.db.models import Count
from django.utils import timezone

from redway.config.command import RedwayCommand
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.returns.destruction import unmade
from redway.work.returns.models import DataVersion
from redway.work.returns.reconcile import missing

EXAMPLES = """examples:
  redway versions
  redway series recorded-burglary --area E06000042 --as-at 2
"""


class Command(RedwayCommand):
    help = "List the data versions, newest first: when each was made, by whom, and what it brought."
    examples = EXAMPLES

    def handle(self, **_: Any) -> None:
        home = Home.current()
        Profile.of(home)
        versions = list(DataVersion.objects.annotate(files=Count("submissions")).order_by("-number"))
        if not versions:
            self.stdout.write("There is no data version yet. redway import makes the first one.")
            return
        rows = [("version", "made", "files", "by", "what it brought")] + [
            (str(v.number), f"{timezone.localtime(v.made_at):%Y-%m-%d %H:%M}", str(v.files), v.made_by, v.summary)
            for v in versions
        ]
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        for number, made, files, by, summary in rows:
            line = (
                number.rjust(widths[0]),
                made.ljust(widths[1]),
                files.rjust(widths[2]),
                by.ljust(widths[3]),
                summary,
            )
            self.stdout.write("  ".join(line))
        for lost, sentence in sorted(unmade().items()):
            print(f"Version {lost}: {sentence}", file=sys.stderr)
        for warning in missing(home):
            print(f"Warning: {warning}", file=sys.stderr)
