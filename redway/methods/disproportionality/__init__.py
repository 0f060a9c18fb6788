"""How differently groups are treated, and at which stage."""
