"""The handbook of the methods, for anyone: what each does in plain words, and when it lies."""
