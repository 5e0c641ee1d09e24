"""Source keeps the repositories: it takes pushes over git's smart HTTP, judges them, and tells the line what landed.

It can be replaced by any forge that tells Andon of its pushes. Alone it is a git server with protected trunks.
"""
