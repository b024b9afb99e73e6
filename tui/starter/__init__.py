"""What the starter screen knows: the document laid out for a terminal, and what waits for people."""
