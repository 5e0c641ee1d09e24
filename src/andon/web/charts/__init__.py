"""Pictures of plain values: a maker takes an About and records, and gives a Figure with its table twin.

It reads no clock and does no I/O; the figure is shown by web/figure.html in a page and by `standalone` in a file.
"""
