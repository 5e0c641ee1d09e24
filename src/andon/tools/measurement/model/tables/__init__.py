"""The facts as tables of other programs: written, and read back."""
