"""Tables of private data."""
