"""What a survey says of everybody it was drawn from."""
