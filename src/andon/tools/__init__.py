"""The stations of the line, in its order; none imports another, except its events."""
