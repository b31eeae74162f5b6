"""The specification of a job: what the data must look like, what is trained, on what terms of privacy."""
