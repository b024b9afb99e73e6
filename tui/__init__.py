"""What the commander sees and presses, and the command line."""
