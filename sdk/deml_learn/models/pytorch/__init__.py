"""State dicts of PyTorch, and the order of their modules."""
