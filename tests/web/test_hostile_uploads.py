"""Hostile files on every way in, to one server and its worker as they run: each is refused in plain words, nothing is
stored, nothing in plain text is left, pages are answered all the while, and the next good return is taken.
"""

import json
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from redway.errors import plain
from redway.sources.dataset import dataset
from tests.conftest import ROOT
from tests.hostile_corpus import NAMED, PARTNERS, SURNAME, as_csv, books, every, table, zips
from tests.web.conftest import PASSWORD, redway, wait_for
from tests.web.hostile_site import PATIENCE, Site, asked, by_program, multipart, pulse

LIMIT = 24  # MB that are taken at once
ANSWERED = 15.0  # seconds within which any page is, whatever is being checked
MEMORY = 600  # MB of the worker and of each process of the server
SEALED = b"age-encryption.org/v1"
EVERY = 7  # each dataset gets one in so many of the cheap files, and all of them together get each several times
OPEN_STATES = ("received", "checking", "accepting", "to-acknowledge", "to-accept")
INTERNALS = re.compile(
    r"Traceback|\.py\b|/tmp/|/home/|[A-Za-z](Error|Exception)\b|FileRefused|redway\.|[Dd]uck ?[Dd][Bb]|(Parser|Input|"
    r"Conversion|Binder) Error|sqlite|None\b|\bNaN\b|0x[0-9a-f]{6}|sent-\d|loading/"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """One server with its worker for the whole file."""
    folder = tmp_path_factory.mktemp("hostile")
    home, scratch = folder / "served", folder / "scratch"
    scratch.mkdir()
    lookup = folder / "lookup_lsoa11_lsoa21_ltla22.csv"
    lookup.write_text(
        "lsoa11_name,lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code\n"
        "Milton Keynes 001A,E01016710,U,Milton Keynes 001A,E01016710,Milton Keynes,E06000042\n"
    )
    _, environment = redway(home=home)
    environment |= {"TMPDIR": str(scratch), "REDWAY_UPLOAD_MB": str(LIMIT)}
    made = [sys.executable, ROOT / "tests/web/hostile_home.py", folder / "profile", lookup, PASSWORD]
    settings = {"DJANGO_SETTINGS_MODULE": "redway.config.settings", "PYTHONPATH": str(ROOT)}
    tokens = json.loads(subprocess.run(made, env=environment | settings, check=True, stdout=subprocess.PIPE).stdout)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, _ = redway("serve", "--port", str(port), home=home)
    with (folder / "said").open("wb") as said:
        server = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server)
        yield Site(home, scratch, port, server, folder / "said", tokens)
    finally:
        server.terminate()
        server.communicate(timeout=120)


# ------------------------------------------------------------------ The corpus


@dataclass
class Sent:
    """One hostile file as it was sent, and what came of it. `state` is empty where it was turned away at once."""

    hostile: object
    dataset: str
    way: str
    answer: object
    state: str = ""
    told: str = ""
    rows: str = ""  # the list of refused rows, where there is one

    def __str__(self):
        return f"{self.hostile.what} ({self.dataset}, {self.way})"


def corpus(folder):
    """(dataset, hostile file): what is cheap for every dataset, workbooks for each in its turn, zips for one."""
    found = [
        (name, hostile)
        for turn, name in enumerate(PARTNERS)
        for at, hostile in enumerate(every(name))
        if at % EVERY == turn % EVERY
    ]
    found += books([name for name in PARTNERS if ".xlsx" in dataset(name).files], folder)
    return found + [("fire", hostile) for hostile in zips("fire")]


def send_all(site, chosen):
    """Each by the web and by the API in turn, by three people at once."""

    def send(turn):
        dataset, hostile = chosen[turn]
        if turn % 2:
            files = [("files", hostile.file_name, hostile.content)]
            answer = by_program(site, turn, "POST", "deliveries", {"dataset": dataset}, files)
            return Sent(hostile, dataset, "api", answer)
        name = ("kim", "lee", "max")[turn // 2 % 3]
        return Sent(hostile, dataset, "web", site.person(name).send(dataset, [(hostile.file_name, hostile.content)]))

    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(send, range(len(chosen))))


def look(site, turn, sent):
    """Fill in what came of it, as its sender sees it."""
    if sent.way == "api":
        if sent.answer.status == 201:
            sent.answer = by_program(site, turn, "GET", f"deliveries/{json.loads(sent.answer.text)['id']}")
            found = json.loads(sent.answer.text)
            sent.state, sent.told = found["state"], json.dumps(found["report"]["fault"], ensure_ascii=False)
            sent.told = found["report"]["fault"]["message"] if found["report"]["fault"] else found["result"]
        else:
            sent.told = json.loads(sent.answer.text)["message"]
    else:
        page = sent.answer
        if isinstance(page, str):
            page = site.person("kim").get(page)
            sent.state = "refused" if "Refused Nothing of it was accepted." in page.words else "another"
            if found := re.search(r'href="(/returns/[^"]*/refused-rows/)"', page.text):
                sent.rows = site.person("kim").get(found[1]).text
        sent.answer, sent.told = page, page.words
    return sent


def check_the_corpus(site, chosen):
    """the whole corpus is refused in plain words, and nothing is stored"""
    before = site.stored()
    for name in ("kim", "lee", "max"):
        site.person(name)
    with pulse(site) as took:
        sent = send_all(site, chosen)
        beats = len(took)
        site.wait_until_decided()
        assert len(took) > beats
    assert max(took) < ANSWERED
    for turn, one in enumerate(sent):
        look(site, turn, one)
    faults = [f"{one}: {one.state}" for one in sent if one.state not in ("", "refused")]
    faults += [f"{one}: {one.told[:700]}" for one in sent if not as_told(one)]
    faults += [f"{one}: {found[0]}" for one in sent if (found := INTERNALS.search(one.told + one.rows))]
    faults += [f"{one}: the surname" for one in sent if SURNAME in one.told + one.rows]
    assert not faults, "\n".join(faults)
    assert site.stored() == before


def as_told(one):
    """Whether its sender is told what is wrong: what was expected, what came, and the likely cause."""
    three = all(part in one.told for part in ("expected ", "What came: ", "Likely cause: "))
    return three and plain(one.told) == one.told and re.search(one.hostile.says, one.told) is not None


def check_nothing_is_left(site):
    """no plain text of what was sent is anywhere, and quarantine holds sealed files alone"""
    end = time.monotonic() + PATIENCE
    while any((site.home / "incoming").iterdir()) and time.monotonic() < end:
        time.sleep(0.1)  # an answer is written down just before its work folder goes
    for path in site.home.rglob("*"):
        held = path.read_bytes() if path.is_file() else b""
        at = held.find(SURNAME.encode())
        assert at < 0, (path, held[max(0, at - 900) : at + 100])
    for path in (site.home / "quarantine").rglob("*"):
        assert path.is_dir() or path.read_bytes().startswith(SEALED), path
    assert list((site.home / "incoming").iterdir()) == []
    assert [path.name for path in site.scratch.iterdir() if not path.name.startswith("wgunicorn-")] == []


# ------------------------------------------------------------------ What is sent in another way than a browser sends


def check_uploads_that_break_off(site):
    """an upload cut off midway, or of another length than it says, leaves nothing and stops nobody"""
    deliveries, stored = site.rows("SELECT count(*) FROM returns_delivery"), site.stored()
    kim = site.person("kim")
    body, kind = multipart(
        {"csrfmiddlewaretoken": kim.csrf(), "period": ""}, [("chosen", "a.csv", (NAMED * 100_000).encode())]
    )
    cookies = "; ".join(f"{name}={value}" for name, value in kim.cookies.items())
    for length in (len(body), 10 * len(body), len(body) // 2, "-1", "many", ""):
        for path, more in (
            ("/returns/send/fire/", f"Cookie: {cookies}"),
            ("/api/v1/deliveries", f"Authorization: Bearer {site.tokens[0]}"),
        ):
            head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n{more}\r\n"
            with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as broken:
                broken.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode())
                with suppress(OSError):  # it may have been turned away by now
                    broken.sendall(body[: len(body) // 2])
                    broken.shutdown(socket.SHUT_WR)
                    said = b"".join(iter(lambda broken=broken: broken.recv(65536), b""))
                    assert not said.startswith(b"HTTP/1.1 5"), (path, length, said[:300])
    assert kim.get("/returns/").status == 200
    assert site.rows("SELECT count(*) FROM returns_delivery") == deliveries
    assert site.stored() == stored


def check_many_at_once(site):
    """while connections that say nothing more are open, others are answered"""
    head = f"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {2_000_000}\r\n\r\nx"
    with ExitStack() as open_:
        for _ in range(6):
            stalled = open_.enter_context(socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE))
            stalled.sendall(head.encode())
        began = time.monotonic()
        assert asked(site, "GET", "/healthz").status == 200
        assert time.monotonic() - began < ANSWERED


def check_too_much(site):
    """an upload over the limit, or of thousands of files, gets a page that says so"""
    kim = site.person("kim")
    over = kim.send("fire", [("a.csv", bytes(LIMIT * 1_000_000))])
    assert over.status == 413
    assert f"at most {LIMIT} MB are taken at once" in over.words
    many = kim.send("fire", [(f"{n}.csv", b"a") for n in range(3_000)])
    assert many.status == 400
    assert "files" in many.words
    assert "zip" in many.words
    program = by_program(site, 0, "POST", "deliveries", {"dataset": "fire"}, [("files", "a.csv", b"a")] * 3_000)
    assert program.status in (400, 422)
    assert "files" in json.loads(program.text)["message"]


NAMES = {
    "../../etc/passwd.csv": "passwd.csv",
    "C:\\Users\\kim\\november.csv": "november.csv",
    "november\u202efdp.csv": "novemberfdp.csv",
    "november\x1b[31m\x07.csv": "november",
    "<img onerror=alert(1)>.csv": "<img onerror=alert(1)>.csv",
    "'; DROP TABLE x; --.csv": "'; DROP TABLE x; --.csv",
    f"{'n' * 10_000}.csv": "name",
    ".csv": ".csv",
    "..": "",
    "": "",
}


def check_names(site):
    """whatever a file is called, it is shown without steering anything, and put nowhere else"""
    for turn, (name, shown) in enumerate(NAMES.items()):
        sent = site.person("kim").send("fire", [(name, f"{turn},{NAMED}".encode())])
        page = site.person("kim").get(sent) if isinstance(sent, str) else sent
        assert page.status in (200, 400), (name, page.status)
        assert "\u202e" not in page.text
        assert "\x1b" not in page.text
        assert "<img onerror" not in page.text
        assert shown in page.words, (name, page.words)
        called = by_program(
            site, turn, "POST", "deliveries", {"dataset": "fire"}, [("files", name, f"{turn}".encode())]
        )
        assert called.status in (201, 400, 422), (name, called.status, called.body)
        assert json.loads(called.text)
    site.wait_until_decided()
    assert {path.suffix for path in (site.home / "quarantine").rglob("*") if path.is_file()} <= {".age"}


def check_the_same_twice(site):
    """the same file by three people at once is one delivery; three bombs at once are three refusals"""
    for name in ("kim", "lee", "max"):
        site.person(name)
    [bomb] = [one for one in zips("fire") if one.what == "a bomb"]
    for name, content in (("bomb.zip", bomb.content), ("wrong.csv", as_csv([table("fire")[0], [NAMED] * 9]))):
        with ThreadPoolExecutor(3) as pool:
            told = list(pool.map(partial(send_as, site, [(name, content)]), ("kim", "lee", "max")))
        site.wait_until_decided()
        for address in told:
            assert "Refused Nothing of it was accepted." in site.person("kim").get(address).words


def send_as(site, files, who):
    return site.person(who).send("fire", files)


def check_not_ones_own(site):
    """a return that one's agency does not send, or that there is none of, is not there"""
    sam = site.person("sam")
    for kind in ("fire", "police-street", "no-such-return"):
        assert sam.send(kind, [("a.csv", b"a,b")]).status == 404
    theirs = site.rows("SELECT public_id FROM returns_delivery WHERE agency = 'sender' LIMIT 1")[0][0]
    theirs = f"{theirs[:8]}-{theirs[8:12]}-{theirs[12:16]}-{theirs[16:20]}-{theirs[20:]}"
    for path in ("", "state/", "refused-rows/"):
        assert sam.get(f"/returns/{theirs}/{path}").status == 404
    for more in ("acknowledge", "discard", "withdraw"):
        assert sam.form(f"/returns/{theirs}/{more}/", {}).status == 404


# ------------------------------------------------------------------ Other ways in


def check_the_watched_folder_and_the_command(site, chosen, folder):
    """the watched folder and the command refuse in the same words, and store nothing"""
    stored = site.stored()
    chosen = [one for one in chosen if one[1].content][::9]
    watched = folder / "watched"
    for turn, (kind, hostile) in enumerate(chosen):
        path = watched / "sender" / kind / f"{turn}-{hostile.file_name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(hostile.content)
    done = run(site, "watch", str(watched), "--once")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    for turn, (kind, hostile) in enumerate(chosen):
        path = watched / "sender" / kind / "refused" / f"{turn}-{hostile.file_name}"
        told = " ".join(path.with_name(f"{path.name}.result.txt").read_text("utf-8").split())
        assert path.read_bytes() == hostile.content  # it is its sender's, and nothing of it is lost
        assert re.search(hostile.says, told), (hostile.what, told)
        assert not INTERNALS.search(told), (hostile.what, told)
    [(_, first), *_rest] = chosen
    path = folder / f"by-command-{first.file_name}"
    path.write_bytes(first.content)
    done = run(site, "import", "fire", str(path), "--by", "kim", "--agency", "sender")
    assert done.returncode == 1
    assert "Likely cause" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert site.stored() == stored


def run(site, *words):
    command, environment = redway(*words, home=site.home)
    environment |= {"TMPDIR": str(site.scratch)}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


# ------------------------------------------------------------------ After all of it


def check_the_next_good_return(site):
    """the next good return is taken, and is all that was added"""
    files, versions, submissions = site.stored()
    rows = [
        table("fire")[0],
        ["G-1", "2025-11-03 19:42", "E01016710", "secondary-fire", "deliberate", "refuse", "", "none", "0"],
    ]
    sent = site.person("kim").send("fire", [("good.csv", as_csv(rows))])
    site.wait_until_decided()
    assert "Accepted" in site.person("kim").get(sent).words
    files_after, versions_after, submissions_after = site.stored()
    assert files.items() <= files_after.items()
    assert [path.parts[:2] for path in files_after.keys() - files.keys()] == [("accepted", "fire")]
    assert (len(versions_after), len(submissions_after)) == (len(versions) + 1, len(submissions) + 1)


def check_nothing_broke(site):
    """the worker and the server still run, used little memory, and have written down no fault of their own"""
    assert "Traceback" not in site.said.read_text("utf-8")
    for pid, command in site.processes().items():
        peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        assert int(peak[1]) / 1000 < MEMORY, (command, peak[0])


def test_hostile_files_do_no_harm(site, tmp_path, subtests):
    """One test, so that whatever runs tests side by side starts one server."""
    processes, chosen = set(site.processes()), corpus(tmp_path)
    checks = [
        lambda: check_the_corpus(site, chosen),
        lambda: check_uploads_that_break_off(site),
        lambda: check_many_at_once(site),
        lambda: check_too_much(site),
        lambda: check_names(site),
        lambda: check_the_same_twice(site),
        lambda: check_not_ones_own(site),
        lambda: check_the_watched_folder_and_the_command(site, chosen, tmp_path),
        lambda: check_the_next_good_return(site),
        lambda: check_nothing_is_left(site),
        lambda: check_nothing_broke(site),
    ]
    for check in checks:
        with subtests.test(check.__code__.co_names[0]):
            check()
    assert set(site.processes()) == processes
