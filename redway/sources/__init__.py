"""One folder a dataset: what it is, how it is fetched, how it is loaded."""
