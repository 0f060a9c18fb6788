"""DuckDB's engines, kept from one use to the next: to start one takes longer than most tests ask of it.

Each use has a connection and a database of its own in an engine that nobody else uses meanwhile, so that what is made
there is gone afterwards. The command, servers and processes that tests start have the real thing.
"""

import itertools
import threading
from types import SimpleNamespace

import duckdb
import pytest

from redway.store import query

numbers = itertools.count(1)


class Engine:
    """An engine with the settings that are the same for each of its uses."""

    def __init__(self, settings):
        self.engine = duckdb.connect(config=settings)
        self.keep = self.engine.cursor()
        self.keep.execute("SET enable_external_file_cache = false")  # tests write other files under the same names

    def use(self, spill):
        """A connection to an empty database of its own."""
        self.name = f"use_{next(numbers)}"
        self.keep.execute(f"SET temp_directory = {query.text(spill)}")
        used = self.engine.cursor()
        used.execute(f"ATTACH ':memory:' AS {self.name}; USE {self.name}")
        return used

    def clear(self, used, functions):
        for name in functions:
            used.remove_function(name)
        used.close()
        self.keep.execute(f"DETACH {self.name}")

    def end(self):
        self.keep.close()
        self.engine.close()


class Use:
    """What `duckdb.connect` gives, whose end gives the engine back."""

    def __init__(self, connection, give_back):
        self._connection, self._give_back, self._functions = connection, give_back, []

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def create_function(self, name, *how, **more):
        """Functions of Python are the engine's and not the connection's."""
        self._connection.create_function(name, *how, **more)
        self._functions.append(name)

    def close(self):
        give_back, self._give_back = self._give_back, None
        if give_back:
            give_back(self._connection, self._functions)


class Engines:
    """Engines that nobody uses just now, by their settings."""

    def __init__(self):
        self.idle, self.turn = {}, threading.Lock()

    def connect(self, *, config):
        settings = {name: value for name, value in config.items() if name != "temp_directory"}
        kind = repr(sorted(settings.items()))
        engine, connection = self._used(kind, settings, config["temp_directory"])
        return Use(connection, lambda *left: self._give_back(kind, engine, *left))

    def _used(self, kind, settings, spill):
        with self.turn:
            engine = self.idle[kind].pop() if self.idle.get(kind) else None
        if engine:
            try:
                return engine, engine.use(spill)
            except duckdb.Error:  # one that has spilled keeps its folder
                engine.end()
        engine = Engine(settings)
        return engine, engine.use(spill)

    def _give_back(self, kind, engine, *left):
        try:
            engine.clear(*left)
        except duckdb.Error:  # what is still in use ends with its engine
            engine.end()
            return
        with self.turn:
            self.idle.setdefault(kind, []).append(engine)


@pytest.fixture(autouse=True, scope="session")
def engines_kept():
    """All that Redway itself asks DuckDB in this process."""
    engines, query.duckdb = Engines(), SimpleNamespace(connect=None)
    query.duckdb.connect = engines.connect
    yield
    query.duckdb = duckdb
    for idle in engines.idle.values():
        for engine in idle:
            engine.end()
