"""Work given to untrusted compute networks: what to run, how they are asked, and whether what comes back is true."""
