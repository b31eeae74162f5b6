"""Layer 0: the types, errors and limits that every other layer speaks."""
