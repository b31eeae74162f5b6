"""The marketplace for programs: chain, node, wallets, files and jobs, without a terminal."""
