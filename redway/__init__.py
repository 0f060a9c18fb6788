"""Redway: the open-source platform a community safety partnership runs on."""

__version__ = "0.1.0"
