"""The parts of `capture.command_run`: relaying output, forwarding signals, the pseudo-terminal."""
