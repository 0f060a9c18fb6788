"""Released tables: what left the members, for whom it was approved, and what it was made of."""
