"""Reading a publisher's files over the network, as if they were here: part by part, tried again, never half."""

import io
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

from redway.errors import RedwayError

AGENT = "Redway (open-source community safety platform)"
TRIES = 4
CHUNK = 1 << 18  # one request for a central directory or a monthly file, mostly


class NotPublished(RedwayError):
    """The publisher answered that there is no such file."""


class OutOfReach(RedwayError):
    """The publisher could not be reached, or its answers broke off, however often we asked."""


def _ask(url: str, method: str, headers: dict[str, str], timeout: float) -> tuple[int, dict[str, str], bytes]:
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"expected a web address, not {url!r}")
    request = urllib.request.Request(url, method=method, headers={"User-Agent": AGENT, **headers})  # noqa: S310
    with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
        return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()


def ask(
    url: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    timeout: float = 30,
    pause: Callable[[float], None] = time.sleep,
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in lower case) and whole body of one address, tried four times, pausing longer each time.

    A body shorter than the publisher announced counts as a failure. Raises NotPublished for 404 and 410,
    OutOfReach when every try failed or the publisher refuses.
    """
    why = ""
    for tried in range(TRIES):
        if tried:
            pause(2.0 ** (tried - 1))
        try:
            return _ask(url, method, headers or {}, timeout)
        except urllib.error.HTTPError as answer:
            if answer.code in (404, 410):
                raise NotPublished(f"a file at {url}", came="the publisher has none there") from None
            why = f"the publisher answered {answer.code}"
            if answer.code < 500 and answer.code != 429:
                break
        except TimeoutError:
            why = f"no answer within {timeout:.0f} seconds"
        except (urllib.error.URLError, HTTPException, OSError) as fault:
            why = f"the answer broke off or never came ({getattr(fault, 'reason', None) or type(fault).__name__})"
    raise OutOfReach(
        f"a whole answer from {url}",
        came=why,
        cause="no network here, a proxy in between, or a fault at the publisher's. "
        "What was fetched is kept: run it again.",
    )


class RemoteFile(io.RawIOBase):
    """A file at an address, read by HTTP ranges: `zipfile.ZipFile(open_remote(url))` fetches only what it reads."""

    def __init__(self, url: str, *, timeout: float = 30, pause: Callable[[float], None] = time.sleep):
        self.url, self._timeout, self._pause, self._at = url, timeout, pause, 0
        _, headers, _ = ask(url, method="HEAD", timeout=timeout, pause=pause)
        if not headers.get("content-length", "").isdigit():
            raise OutOfReach(f"the length of {url}", came="an answer without one", cause="a change at the publisher's.")
        self.size = int(headers["content-length"])
        self._tag = {"If-Range": headers["etag"]} if headers.get("etag", "").startswith('"') else {}

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        return self._at

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        last = min(self._at + len(buffer), self.size) - 1
        if last < self._at:
            return 0
        status, headers, body = ask(
            self.url,
            headers={"Range": f"bytes={self._at}-{last}", **self._tag},
            timeout=self._timeout,
            pause=self._pause,
        )
        if status != 206 or not headers.get("content-range", "").startswith(f"bytes {self._at}-{last}/"):
            raise OutOfReach(
                f"bytes {self._at} to {last} of {self.url}",
                came="the whole file, or another part of it",
                cause="the publisher changed the file just now, or no longer serves files in parts. "
                "Run it again; if it stays so, download the file by hand and import it.",
            )
        buffer[: len(body)] = body
        self._at += len(body)
        return len(body)


def open_remote(url: str, *, timeout: float = 30, pause: Callable[[float], None] = time.sleep) -> io.BufferedReader:
    """A seekable file over HTTP ranges. Raises NotPublished or OutOfReach."""
    return io.BufferedReader(RemoteFile(url, timeout=timeout, pause=pause), buffer_size=CHUNK)


def keep(content: bytes, path: Path) -> None:
    """Write a fetched file whole: under its final name it is complete or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    with half.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    half.replace(path)
