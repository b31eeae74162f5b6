"""Entry point of ``deml`` and of ``python -m deml_cli``."""

from __future__ import annotations

from deml_cli.app import root


def main() -> None:
    """Run the command line; ends the process with one of `deml_cli.exit_codes.ExitCode`."""
    root(prog_name="deml")


if __name__ == "__main__":
    main()
