"""A home as it is served, and those who call on it: people as a browser keeps their session, programs, and a pulse."""

import hashlib
import html
import http.client
import re
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.web.conftest import PASSWORD

PATIENCE = 300.0  # seconds; a machine that other work shares is slow


@dataclass
class Site:
    """A home that is served, and what is known of it."""

    home: Path
    scratch: Path  # where its processes put what is temporary
    port: int
    server: subprocess.Popen
    said: Path
    tokens: list[str]
    people: dict[str, "Person"] = field(default_factory=dict)

    def person(self, name):
        if name not in self.people:
            self.people[name] = Person(self, name)
        return self.people[name]

    def processes(self):
        """PID -> command of the server's processes and the worker."""
        found = {self.server.pid: "redway serve"}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                parent = int(path.joinpath("stat").read_text().rpartition(")")[2].split()[1])
                command = path.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if parent == self.server.pid:
                found[int(path.name)] = command
        return found

    def worker(self):
        return next(pid for pid, command in self.processes().items() if "work --with-parent" in command)

    def rows(self, sql):
        with closing(sqlite3.connect(self.home / "redway.sqlite3", timeout=60)) as database:
            return database.execute(sql).fetchall()

    def wait_until_decided(self):
        """Until nothing waits for the worker."""
        give_up = time.monotonic() + PATIENCE
        ask = "SELECT count(*) FROM returns_delivery WHERE state IN ('received', 'checking', 'accepting')"
        while self.rows(ask)[0][0]:
            assert time.monotonic() < give_up, "the worker does not come to an end"
            time.sleep(0.1)

    def stored(self):
        """What must not change: accepted and derived files with their hashes, and the data versions."""
        kept = {
            path.relative_to(self.home): hashlib.sha256(path.read_bytes()).hexdigest()
            for folder in ("accepted", "derived", "raw", "released", "profile")
            for path in sorted((self.home / folder).rglob("*"))
            if path.is_file()
        }
        return (
            kept,
            self.rows("SELECT id, number FROM returns_dataversion"),
            self.rows("SELECT id, content FROM returns_submission"),
        )


@dataclass
class Answer:
    status: int
    body: bytes
    headers: http.client.HTTPMessage

    @property
    def text(self):
        return self.body.decode()

    @property
    def words(self):
        """What stands on the page, without its frame."""
        main = re.search(r"<main.*?</main>", self.text, re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main[0])).split())


class Person:
    """An agency contact with a session, as a browser keeps it."""

    def __init__(self, site, name):
        self.site, self.cookies = site, {}
        self.form("/sign-in/", {"username": name, "password": PASSWORD})
        assert "sessionid" in self.cookies

    def get(self, path):
        return self.ask("GET", path)

    def form(self, path, fields, files=()):
        fields = {"csrfmiddlewaretoken": self.csrf()} | fields
        body, kind = multipart(fields, files)
        return self.ask("POST", path, body, {"Content-Type": kind})

    def csrf(self):
        if "csrftoken" not in self.cookies:
            self.ask("GET", "/sign-in/")
        return self.cookies["csrftoken"]

    def ask(self, method, path, body=None, headers=()):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = asked(self.site, method, path, body, {"Cookie": cookies, **dict(headers)})
        for set_ in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = set_.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def send(self, dataset, files):
        """Upload files by name; the address of the delivery's page, or the form's page with what is wrong."""
        chosen = [("chosen", name, content) for name, content in files]
        answer = self.form(f"/returns/send/{dataset}/", {"period": ""}, chosen)
        return answer.headers["Location"] if answer.status == 302 else answer


def asked(site, method, path, body=None, headers=()):
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)) as connection:
        connection.request(method, path, body, dict(headers))
        got = connection.getresponse()
        return Answer(got.status, got.read(), got.headers)


def by_program(site, turn, method, path, fields=(), files=()):
    """A call of the API with one of the agency's tokens."""
    body, kind = multipart(dict(fields), files) if method == "POST" else (None, "text/plain")
    token = site.tokens[turn % len(site.tokens)]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    return asked(site, method, f"/api/v1/{path}", body, headers)


def multipart(fields, files, boundary="a-boundary-of-the-test"):
    """A form as a browser sends it; names of files are sent as they are."""
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts += [
        f'name="{at}"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'.encode() + content
        for at, name, content in files
    ]
    edge = f"--{boundary}".encode()
    body = b"".join(edge + b"\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    return body + edge + b"--\r\n", f"multipart/form-data; boundary={boundary}"


@contextmanager
def pulse(site):
    """Asks for two pages again and again, of another agency than the one that sends; how long each answer took."""
    took, stop = [], threading.Event()
    asking = site.person("sam")

    def beat():
        while not stop.is_set():
            for path in ("/healthz", "/returns/"):
                began = time.monotonic()
                answer = asking.get(path)
                took.append((time.monotonic() - began) if answer.status == 200 else float("inf"))
            stop.wait(0.5)

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield took
    finally:
        stop.set()
        thread.join()
