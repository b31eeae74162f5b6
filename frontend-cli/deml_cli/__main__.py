"""Entry point of ``deml`` and of ``python -m deml_cli``."""

from __future__ import annotations

import sys

from deml_sdk.extras import LibraryMissing, needed_to


def main() -> None:
    """Run the command line; ends the process with one of `deml_cli.exit_codes.ExitCode`."""
    try:
        with needed_to("run this command"):
            from deml_cli.app import root

            root(prog_name="deml")
    except LibraryMissing as error:
        # Nothing that draws need be installed: an SDK's installation has this command, too.
        sys.exit(f"Error: {error} {error.advice()}")


if __name__ == "__main__":
    main()
