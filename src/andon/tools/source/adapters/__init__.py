"""The products behind the ports of source."""
