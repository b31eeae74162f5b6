"""What an account does in a job: intents to take part, commit, declare, deliver, reveal, settle, claim."""
