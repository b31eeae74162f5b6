"""Deploying an Application through Cartesi's factories, and verifying one: plan, carry out, record, verify."""
