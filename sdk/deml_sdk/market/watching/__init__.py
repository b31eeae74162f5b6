"""Carry out what is due by itself, and tell about it."""
