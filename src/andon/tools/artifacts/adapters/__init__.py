"""The products behind the ports of artifacts; only wiring names them."""
