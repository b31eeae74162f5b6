"""What is due for a wallet in a job, decided from facts alone."""
