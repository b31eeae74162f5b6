"""The demo: three short jobs on a chain of their own, with honest clients and cheats, every number read back."""
