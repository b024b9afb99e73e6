"""The team: one timeline on several machines, through a server that may vanish at any time.

`protocol` holds what goes over the wire. The client's half copies changes until both sides have the
same set; the server's half (`server`) keeps them in the order in which they came.
"""
