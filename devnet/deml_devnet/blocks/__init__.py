"""A block store on disk, with a trustless gateway to read from and the part of Kubo's RPC that adds files."""
