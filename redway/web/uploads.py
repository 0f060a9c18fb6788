"""Files as browsers and programs send them: onto the home's own disk without a name, and no more than may come."""

import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path, PurePath
from typing import IO, Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from redway.errors import FileRefused, Place
from redway.store import kinds
from redway.store.files import room_on_disk
from redway.store.home import Home
from redway.store.unpack import DAMAGE, damage
from redway.web.permissions import TOKEN, View, declared
from redway.web.site.views import fault
from redway.work.accounts.roles import Permission
from redway.work.returns.quarantine import Sent
from redway.work.returns.tokens import token_of

PACKED = (".xlsx", ".ods", ".zip")
CHUNK = 1 << 16
THROWN_AWAY = 4  # times what may come at once: so much of what is too large is read to its end
SMALL = 3_000_000  # bytes: any form but one with files, for anybody; Django itself takes no more without files


class IncomingFiles(FileUploadHandler):
    """Writes each file below `incoming/`, which only the server's account can open. On Linux and macOS the file has
    no name there: whatever stops the server, nothing is left.
    """

    file: IO[bytes]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        home = Home.current()
        home.make()
        self.folder: Path = home.incoming
        with room_on_disk(self.folder):
            self.file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - it lives as long as the request

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        with room_on_disk(self.folder):
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        return UploadedFile(
            file=self.file,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


class SizeLimit:
    """Turns away what is too large before a byte of it is kept: from anybody, more than a form holds; from those who
    may open the page, and programs whose token holds, more than REDWAY_UPLOAD_MB.

    Who may send returns is told why: a browser shows no answer that comes before it has sent everything, so what is
    left of a form that was turned away is read and thrown away.
    """

    def __init__(self, get_response: View):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code >= HTTPStatus.BAD_REQUEST:
            _throw_away_the_rest(request)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        said = str(request.META.get("CONTENT_LENGTH") or "")
        length = int(said) if said.isascii() and said.isdigit() else 0  # Django reads nothing then
        if length <= SMALL:
            request.may_finish = True  # type: ignore[attr-defined]
            return None
        person: Any = request.user
        needed = declared(view)
        known = isinstance(needed, Permission) and person.is_authenticated and person.may(needed)
        known = known or (needed == TOKEN and has_token(request))
        request.may_finish = known  # type: ignore[attr-defined]
        most = settings.UPLOAD_LIMIT if known else SMALL
        if length <= most:
            return None
        sentences = [
            _("What was sent has %(came)s MB; at most %(most)s MB are taken at once. Nothing was kept.")
            % {"came": f"{length / 1e6:,.0f}", "most": f"{most / 1e6:,.0f}"},
            _("Send it in parts, for example a month at a time, or ask whoever looks after the server to import it."),
        ]
        return fault(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("Too much at once"), sentences)


def _throw_away_the_rest(request: HttpRequest) -> None:
    """Read what was not read yet: of forms that anybody may send, and of people and programs that are known."""
    if not getattr(request, "may_finish", False):
        return
    room = THROWN_AWAY * settings.UPLOAD_LIMIT
    with suppress(OSError):  # it broke off; UnreadablePostError is one
        while room > 0 and (got := request.read(CHUNK)):
            room -= len(got)


def has_token(request: HttpRequest) -> bool:
    """Whether a program shows a token that holds."""
    scheme, _sep, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and token_of(token) is not None


def as_named(name: str) -> str:
    """A file's name as it stands on its sender's machine: browsers write a quotation mark and ends of lines in it as
    %22, %0A and %0D, and nothing else (HTML's multipart encoding).
    """
    return name.replace("%22", '"').replace("%0A", "\n").replace("%0D", "\r")


def check_files(files: Iterable[Sent], endings: Sequence[str]) -> None:
    """Turn away at once what the checking would not take: files of other kinds by their names, and workbooks and zips
    that were cut short. Raises FileRefused. What the files hold is the checking's to say.
    """
    for file in files:
        name = file.name.lower()
        if not name.endswith((*endings, ".zip")):
            came = f"one that ends in {PurePath(name).suffix}" if PurePath(name).suffix else "one without an ending"
            came, cause = kinds.by_ending(name) or (came, "another file than the template of this return, filled in.")
            expected = f"a file that ends in {', '.join(endings)} or .zip"
            raise FileRefused(expected, came=came, cause=cause, place=Place(file.name))
        if name.endswith(PACKED) and not isinstance(file.content, Path):
            _check_whole(file.name, file.content)


def _check_whole(name: str, content: BinaryIO) -> None:
    """Raises FileRefused for a zip, which workbooks are, whose list of files at its end is missing or broken."""
    try:
        if content.read(len(kinds.ZIP_MARK)) == kinds.ZIP_MARK:  # any other kind is told apart by the checking
            zipfile.ZipFile(content).close()
    except DAMAGE as fault:
        raise damage(name, fault, what="zip" if name.lower().endswith(".zip") else "workbook") from None
    finally:
        content.seek(0)
