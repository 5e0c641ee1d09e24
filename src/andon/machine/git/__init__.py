"""The one way in which Andon calls git: a closed environment, limits of time and size, and one kind of error."""
