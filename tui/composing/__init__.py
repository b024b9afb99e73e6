"""What the input line knows and remembers, without a screen: preview, completion, history, stash."""
