"""The terminal kit: what every command needs to ask the server and to show the answer.

A command is a function with `*, session: Annotated[Session, Parameter(parse=False)]`; it returns its exit code, or
nothing when all is well, and raises the errors of the house, which are shown and counted in one place.
"""
