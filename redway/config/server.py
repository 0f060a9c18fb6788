"""Serving the pages: gunicorn where there is one, Django's own server on Windows."""

import errno
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from redway.errors import RedwayError

# Two processes suit two cores. Pages wait for the database more than they compute, and a caller who falls silent in
# the middle of a request keeps a thread until SILENCE (seconds) is over: there are more threads than work needs.
PROCESSES, THREADS = 2, 8
SILENCE = 20
BEFORE_ANOTHER = 5.0  # seconds from a worker's death to the next one


def address(host: str, port: int) -> str:
    """The address to open in a browser: a server that answers on every interface is reached on this machine too."""
    shown = "localhost" if host in ("0.0.0.0", "::", "127.0.0.1", "::1") else host  # noqa: S104
    return f"http://{shown}:{port}/"


def listen(host: str, port: int) -> socket.socket:
    """A socket that waits for callers. Raises RedwayError when the port cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ear = socket.socket(family, socket.SOCK_STREAM)
    if os.name != "nt":  # there it would let two servers share one port
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Whatever is accepted on it inherits this; no setting of gunicorn's ends a body that stops coming.
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENCE, 0))
    try:
        ear.bind((host, port))
        ear.listen(128)
    except (OSError, OverflowError) as fault:
        ear.close()
        raise _refusal(host, port, fault) from fault
    return ear


def _refusal(host: str, port: int, fault: OSError | OverflowError) -> RedwayError:
    number = getattr(fault, "errno", None)
    if number == errno.EADDRINUSE:
        return RedwayError(
            f"port {port} to be free",
            came="another program that listens on it",
            cause=f"Redway is running already, or something else is. Choose another: --port {port + 1}",
        )
    if number == errno.EACCES:
        return RedwayError(
            f"leave to listen on port {port}",
            came="a refusal of the operating system",
            cause="ports below 1024 are kept for administrators. Choose a higher one: --port 8000",
        )
    return RedwayError(
        f"a host name or address of this machine, and a port from 1 to 65535, not {host} and {port}",
        came=getattr(fault, "strerror", None) or str(fault),
        cause="a spelling mistake. Without --host and --port it is 127.0.0.1 and 8000.",
    )


def serve(ear: socket.socket, *, ready: Callable[[], None]) -> None:
    """Answer on a listening socket until stopped (Ctrl-C); `ready` is called once callers are answered."""
    if sys.platform == "win32":
        _serve_simply(ear, ready)
    else:
        _serve_well(ear, ready)


def _serve_well(ear: socket.socket, ready: Callable[[], None]) -> None:
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    class Server(BaseApplication):
        def load_config(self) -> None:
            settings: dict[str, Any] = {
                "bind": f"fd://{ear.fileno()}",
                "workers": PROCESSES,
                "threads": THREADS,
                "worker_class": "gthread",
                # One start of Django for all, and their memory shared.
                "preload_app": True,
                "timeout": 60,
                "graceful_timeout": 10,
                "loglevel": "warning",
                "when_ready": lambda _: ready(),
                # DuckDB was loaded before the fork; tearing it down in a process that has not its threads aborts,
                # or hangs. By now no request is left, and nothing is kept in memory that has to be saved.
                "worker_exit": lambda _server, _worker: os._exit(0),
                "control_socket_disable": True,
            }
            for name, value in settings.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from redway.config.wsgi import application

            return application

    Server().run()


def _serve_simply(ear: socket.socket, ready: Callable[[], None]) -> None:
    """gunicorn does not run on Windows; Django's server is enough for one office, not for a public address."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from redway.config.wsgi import application

    with ThreadedWSGIServer(ear.getsockname()[:2], WSGIRequestHandler, bind_and_activate=False) as server:
        server.socket.close()
        server.socket = ear
        server.server_name, server.server_port = ear.getsockname()[:2]
        server.setup_environ()
        server.set_app(application)
        ready()
        server.serve_forever()


class Worker:
    """A process beside the server that checks what is handed in, started again when it dies.

    It ends with this process, however this one ends: its standard input is closed then.
    """

    def __init__(self) -> None:
        self._stopping = Event()
        self._process: subprocess.Popen[bytes] | None = None
        Thread(target=self._keep, daemon=True).start()

    def _keep(self) -> None:
        command = [sys.executable, "-m", "redway", "work", "--with-parent"]
        while not self._stopping.is_set():
            # A session of its own: Ctrl-C is for the server, which then stops its worker.
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=os.name != "nt")  # noqa: S603
            self._process.wait()
            self._stopping.wait(BEFORE_ANOTHER)

    def stop(self) -> None:
        """End it at once; what it had begun is begun anew by the next one."""
        self._stopping.set()
        if self._process:
            self._process.terminate()
            self._process.communicate()
