"""Makes the home of `test_hostile_uploads.py`, in a process of its own: a fictional partnership with a gateway for each
dataset of partners, one agency that sends them all, one that sends counts alone, and people of both. Says the tokens.

    python tests/web/hostile_home.py PROFILE-FOLDER AREA-LOOKUP PASSWORD
"""

import json
import sys
from pathlib import Path

import django
import yaml

django.setup()

from redway.config.setting_up import set_up  # noqa: E402
from redway.sources.dataset import dataset, names  # noqa: E402
from redway.store.home import Home  # noqa: E402
from redway.work.accounts.models import User  # noqa: E402
from redway.work.returns.receive import receive  # noqa: E402
from redway.work.returns.tokens import make_token  # noqa: E402

TOKENS = 8  # each takes 120 calls a minute


PARTNERS = [name for name in names() if dataset(name).access == "partners"]


def write_profile(folder: Path) -> None:
    partnership = {"name": "A partnership for tests", "short_name": "Tests", "place": "Milton Keynes"}
    partnership |= {"district": "E06000042", "police_force": "Thames Valley Police", "fictional": True}
    terms = {
        "purpose": "analysis",
        "controllers": ["the test"],
        "power": "cda-115",
        "basis": "public-task",
        "special_condition": "substantial-public-interest",
        "criminal_condition": "official-authority",
        "agreement": "ISA 1",
        "dpia": "DPIA 1",
        "agencies": ["sender", "stranger"],
        "roles": ["analyst", "agency-contact"],
        "keep_months": 1200,
    }
    gateways = [
        {"terms": {"dataset": name, **terms}, "in_force": True, "every_field": True, "for_days": 365}
        for name in PARTNERS
    ]
    folder.mkdir()
    for name, content in {"partnership": partnership, "gateways": gateways}.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")


def main(folder: str, lookup: str, password: str) -> None:
    write_profile(Path(folder))
    set_up(folder, by="a test")
    agencies = [
        {"id": "sender", "name": "The Sender", "datasets": PARTNERS},
        {"id": "stranger", "name": "The Stranger", "datasets": ["agency-counts"]},
    ]
    # A strategy is not what is tested here, and a profile with agencies needs one to be set up.
    (Home.current().profile / "agencies.yaml").write_text(yaml.safe_dump(agencies), "utf-8")
    receive([Path(lookup)], dataset="lsoa-lookup", by="a test")
    for name, agency in {"kim": "sender", "lee": "sender", "max": "sender", "sam": "stranger"}.items():
        User.objects.create_user(username=name, password=password, role="agency-contact", agency=agency)
    made = [make_token(name=f"program {n}", agency="sender", by="a test")[1] for n in range(TOKENS)]
    print(json.dumps(made))


if __name__ == "__main__":
    main(*sys.argv[1:])
