"""Jobs, intents and notices in words."""
