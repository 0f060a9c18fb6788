"""What processes that are killed have in common: where they die, and children that are cheap to kill."""

import json
import os
import signal

import pyarrow.dataset  # noqa: F401 - what reads Parquet files asks for it late: here once, and not in every child


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def dies_before(owner, name, nth=1):
    """Make the nth call of a function the last thing the process does."""
    real, calls = getattr(owner, name), []

    def deadly(*args, **kwargs):
        calls.append(1)
        if len(calls) == nth:
            die()
        return real(*args, **kwargs)

    setattr(owner, name, deadly)


def dies_after(owner, name, nth=1):
    real, calls = getattr(owner, name), []

    def deadly(*args, **kwargs):
        result = real(*args, **kwargs)
        calls.append(1)
        if len(calls) == nth:
            die()
        return result

    setattr(owner, name, deadly)


def forked(do, request):
    """Do it in a child: its process, and the pipe its answer comes by."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os.write(writing, json.dumps(do(request)).encode())
        except BaseException as fault:
            os.write(writing, json.dumps({"broke": repr(fault)}).encode())
        os._exit(0)
    os.close(writing)
    return child, reading


def answer(child, reading):
    """What a child answered, or that it was killed."""
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return json.loads(said) if said else {"killed": os.WIFSIGNALED(status)}
