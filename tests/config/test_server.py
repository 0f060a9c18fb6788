"""The server itself: a caller who falls silent does not keep it."""

import socket
import time

import pytest

from redway.config import server


@pytest.mark.skipif(not hasattr(socket, "SO_RCVTIMEO"), reason="an operating system of another kind")
def test_a_caller_who_falls_silent_in_the_middle_of_a_request_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(server, "SILENCE", 1)
    with server.listen("127.0.0.1", 0) as ear, socket.create_connection(ear.getsockname()) as caller:
        caller.sendall(b"POST / HTTP/1.1\r\n")
        heard, _ = ear.accept()
        with heard:
            heard.setblocking(True)  # as gunicorn does
            assert heard.recv(100).startswith(b"POST")
            began = time.monotonic()
            with pytest.raises(BlockingIOError):
                heard.recv(100)
            assert 0.5 < time.monotonic() - began < 20
