"""Models from elsewhere: into our architectures and back out, held against what they were."""
