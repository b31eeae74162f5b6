"""What a client does at home: models, training, privacy, the sandbox."""
