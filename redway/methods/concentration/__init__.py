"""Concentration: how much of what is recorded falls on how few places, and whether those stay the same."""
