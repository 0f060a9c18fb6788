"""Methods applied to series under one ranking rule: what changed, and what is unusual, in sentences."""
