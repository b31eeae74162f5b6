"""Privacy, given and measured: training with differential privacy, and an attack on a trained model."""
