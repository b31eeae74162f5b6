"""Campaigns: jobs of one sponsor, each of which goes on from the model of the one before."""
