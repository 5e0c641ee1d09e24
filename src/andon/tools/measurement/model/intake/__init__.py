"""What other tools report: who may, in what names, and what came in."""
