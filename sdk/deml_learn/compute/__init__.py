"""The program of the container image for compute networks (``docker/compute``)."""
