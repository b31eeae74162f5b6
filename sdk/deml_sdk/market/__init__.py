"""What the marketplace commands are made of: views of jobs, the journal, the planner, and the steps that act."""
