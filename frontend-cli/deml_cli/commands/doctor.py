"""`deml doctor`: whether everything is there, and whom one trusts."""

from __future__ import annotations

import typer

from deml_cli.checkup import CheckStatus, examine
from deml_cli.command import command, group
from deml_cli.context import Session
from deml_cli.exit_codes import ExitCode

app = group("Check everything.")

_MARKS = {
    CheckStatus.OK: ("ok  ", "green"),
    CheckStatus.WARNING: ("warn", "yellow"),
    CheckStatus.FAILED: ("FAIL", "bold red"),
}

_MARGIN = len("warn  ") + 12 + len(" ")
"""Columns left of what is told."""


@command(app, "doctor", examples=("deml doctor", "deml doctor --wallet client1 --json"))
def doctor(session: Session) -> None:
    """Check chain, clock, contracts, node, dapp, token, IPFS and wallet, and say whom you trust with the escrow.

    Ends with exit code 3 if a check failed; warnings alone do not change it.
    """
    findings = []
    for finding in examine(session):
        findings.append(finding)
        mark, style = _MARKS[finding.verdict]
        session.render.item(f"{mark}  {finding.subject:<12} ", finding.text, style if mark != "ok  " else None)
        if finding.advice:
            session.render.item(" " * _MARGIN, finding.advice, "dim")
    failed = any(finding.verdict is CheckStatus.FAILED for finding in findings)
    session.render.emit({"healthy": not failed, "findings": findings})
    if failed:
        raise typer.Exit(ExitCode.UNAVAILABLE)
