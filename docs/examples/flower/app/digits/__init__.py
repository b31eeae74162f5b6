"""Handwritten digits by logistic regression."""
