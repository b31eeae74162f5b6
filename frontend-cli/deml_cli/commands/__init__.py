"""The commands of `deml`, a file a group."""
