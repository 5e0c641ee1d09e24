"""The web kit: what every page and every API call goes through, whichever tool it belongs to."""
