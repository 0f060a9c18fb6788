"""What indicators wait for, and from whom, as sentences say it: pages and the command line use the same words."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redway.indicators.definitions import Needs

# What indicators are worked out from, by the name of the dataset.
RETURNS: dict[str, Any] = {
    "agency-counts": gettext_lazy("counts"),
    "ambulance": gettext_lazy("ambulance calls"),
    "asb-incidents": gettext_lazy("incidents of anti-social behaviour"),
    "business-incidents": gettext_lazy("incidents reported by businesses"),
    "drug-tests-on-arrest": gettext_lazy("drug tests on arrest"),
    "fire": gettext_lazy("fires and rescues"),
    "hospital-admissions": gettext_lazy("hospital admissions"),
    "hospital-istv": gettext_lazy("attendances at hospital after violence"),
    "modern-slavery-referrals": gettext_lazy("referrals of modern slavery"),
    "police-extract": gettext_lazy("an extract of police records"),
    "police-outcomes": gettext_lazy("outcomes of crimes"),
    "police-stop-search": gettext_lazy("stop and search"),
    "probation": gettext_lazy("probation records"),
    "recorded-crime-partnership": gettext_lazy("recorded crime by partnership"),
    "schools": gettext_lazy("school statistics"),
    "survey-responses": gettext_lazy("the answers to a survey"),
    "treatment": gettext_lazy("treatment records"),
    "youth-justice": gettext_lazy("youth justice records"),
}
# Bodies that are called by what they are: *the* Home Office, but Thames Valley Police.
TAKES_THE = re.compile(r"(Board|Centre|Department for .*|Forum|Group|Office|Partnership|Service)$")


def title(name: str) -> str:
    """A return in words: `treatment records`; one that a profile made up, by its name."""
    return str(RETURNS[name]) if name in RETURNS else _("the dataset “%(name)s”") % {"name": name}


def body(name: str) -> str:
    """A body inside a sentence: `the Home Office (open tables)`, `Thames Valley Police`, `the Safety Centre`."""
    if name.startswith(("The ", "Whoever ")):
        return f"{name[:1].lower()}{name[1:]}"
    called = re.split(r"[,(]", name, maxsplit=1)[0].strip()
    return f"the {name}" if TAKES_THE.search(called) else name


def wanted(needed: Needs) -> str:
    """`recorded crime by partnership from the Home Office (open tables; no agreement needed)`."""
    return _("%(what)s from %(whom)s") % {"what": title(needed.dataset), "whom": body(needed.provider)}
