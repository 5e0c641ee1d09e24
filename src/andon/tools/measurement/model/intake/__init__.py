"""What other tools tell: who may, in what names, and what came in."""
