"""Calling the team server: where it is, who one is to it, and what its answers mean.

`team_server` has one method for each call. Whatever answers, the only errors are those of
`storage.errors.TeamError`.
"""
