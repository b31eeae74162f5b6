"""One module per input kind: each checks, changes the fork of the state it is given, and returns outputs."""
