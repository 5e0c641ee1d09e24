"""Figures, each measured beside a control in the same minute on the same machine: `python -m bench`."""
