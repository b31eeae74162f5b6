"""Accounts that sign: keystores and salts."""
