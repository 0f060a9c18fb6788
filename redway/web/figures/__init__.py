"""What the rooms that show figures share: what a page rests on, its citation, its charts and its tables."""
