"""Patrols: where short visits do most, for how many there are to make them, and whom to leave for comparison."""
