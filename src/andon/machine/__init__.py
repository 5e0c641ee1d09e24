"""This machine: limits of what runs on it. Everything that touches the operating system for several tools is here."""
