"""Harm: counts weighted by how much each kind of offence hurts."""
