"""Files as browsers send them: onto the home's own disk without a name, and no more than may come."""

import tempfile
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from redway.store.files import room_on_disk
from redway.store.home import Home
from redway.web.permissions import TOKEN, View, declared
from redway.work.accounts.roles import Permission
from redway.work.returns.tokens import token_of

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
    """Turns away what is too large before a byte of it is read: from anybody, more than a form holds; from those who
    may open the page, and programs whose token holds, more than REDWAY_UPLOAD_MB.
    """

    def __init__(self, get_response: View):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        said = str(request.META.get("CONTENT_LENGTH") or "")
        length = int(said) if said.isascii() and said.isdigit() else 0  # Django reads nothing then
        if length <= SMALL:
            return None
        person: Any = request.user
        needed = declared(view)
        known = isinstance(needed, Permission) and person.is_authenticated and person.may(needed)
        known = known or (needed == TOKEN and has_token(request))
        most = settings.UPLOAD_LIMIT if known else SMALL
        if length <= most:
            return None
        sentences = [
            _("What was sent has %(came)s MB; at most %(most)s MB are taken at once. Nothing was kept.")
            % {"came": f"{length / 1e6:,.0f}", "most": f"{most / 1e6:,.0f}"},
            _("Send it in parts, for example a month at a time, or ask whoever looks after the server to import it."),
        ]
        context = {"title": _("Too much at once"), "sentences": sentences}
        return render(request, "site/fault.html", context, status=413)


def has_token(request: HttpRequest) -> bool:
    """Whether a program shows a token that holds."""
    scheme, _sep, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and token_of(token) is not None
