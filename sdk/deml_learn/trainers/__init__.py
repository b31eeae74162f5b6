"""Trainers: programs, perhaps a stranger's, that turn a job and private rows into a model, and nothing else."""
