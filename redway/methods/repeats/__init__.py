"""Repeats: events that follow others at the same place or near it, and to the same victim."""
