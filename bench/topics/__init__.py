"""What `bench/methods.py` measures, topic by topic: each module has WORKS."""
