"""Ensembles of decision trees: how they are made ready and how rows come to their leaves, one by one or by sets."""
