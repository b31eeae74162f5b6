"""Training by a command without a sandbox, which has tests of its own: here any machine must do."""

UNCONFINED = ("--without-sandbox", "--confirm", "I trust this trainer")
