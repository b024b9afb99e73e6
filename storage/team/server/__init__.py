"""The team server: keeps the changes of shared incidents, and tells whoever follows them.

It needs the extra ``server``. It knows nothing of what a change means, but for its author, the
incident's title, and that a purge takes words out for good.
"""
