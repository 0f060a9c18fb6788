"""What to hide besides, so that hidden figures stay hidden."""
