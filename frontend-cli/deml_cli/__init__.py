"""The ``deml`` command: everything a sponsor or a client does, from a terminal or a script."""
