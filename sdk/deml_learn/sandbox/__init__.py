"""Running a stranger's program without trusting it: no network, no secrets, no more of the machine than it is given."""
