"""Accepted data as Parquet, data versions, the profile folder, and the query engine."""
