"""Style sheets and scripts, served as they are now.

WhiteNoise measures every file when a server starts, and reads it when it is asked for. A file that an upgrade or a
build puts in its place meanwhile then went out under the size of the old one: cut off where it had grown.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

TRIES = 5  # a file replaced as often as that while it is opened is nothing to serve


class Served(WhiteNoiseMiddleware):
    """WhiteNoise, which looks at a file again where it is no longer the one that was measured."""

    def __init__(self, *given: Any, **named: Any):
        self.measured: dict[str, tuple[str, tuple[int, int, int]]] = {}
        super().__init__(*given, **named)

    def add_file_to_dictionary(
        self, url: str, path: str, stat_cache: Mapping[str, os.stat_result] | None = None
    ) -> None:
        """As WhiteNoise does, with what the file was like just before it was measured."""
        self.measured[url] = path, _like(stat_cache[path] if stat_cache else Path(path).stat())
        super().add_file_to_dictionary(url, path, stat_cache=stat_cache)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        url = request.path_info
        if url not in self.measured:
            return super().__call__(request)
        path, _was = self.measured[url]
        try:
            for _ in range(TRIES):
                answer: HttpResponse = self.serve(self.files[url], request)
                # Looked at after it was opened: whichever of the two came first, an old size is seen.
                if _like(Path(path).stat()) == self.measured[url][1]:
                    return answer
                answer.close()
                self.add_file_to_dictionary(url, path)
        except OSError:  # taken away meanwhile
            del self.measured[url], self.files[url]
        return super().__call__(request)


def _like(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_ino, stat.st_mtime_ns, stat.st_size
