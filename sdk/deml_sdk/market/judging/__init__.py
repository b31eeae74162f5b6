"""What models and holdouts are worth, computed at home."""
