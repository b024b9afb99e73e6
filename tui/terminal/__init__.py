"""The terminal itself: may hotwash draw here, what comes from it, and how it is left behind.

Nothing is imported here, so that commands without a screen can use `reset` and `obstacles`.
"""
