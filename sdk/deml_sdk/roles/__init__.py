"""What a client of the SDK is made of: its connections, and what readers, sponsors and clients do with them."""
