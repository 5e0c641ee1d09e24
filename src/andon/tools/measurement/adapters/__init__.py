"""The products that measurement speaks to."""
