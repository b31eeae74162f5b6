"""A job as its sponsor wrote it; `job_file_form` reads the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deml.base.types import Amount
from deml_sdk.chain.tokens import Token
from deml_sdk.data.reading import Reading

_DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_SECONDS: Final = (86_400, 3_600, 60, 1)


@dataclass(frozen=True, slots=True)
class Share:
    """An amount of whole tokens, or a part of the escrow in basis points."""

    tokens: str | None = None
    bps: int = 0

    def of(self, escrow: Amount, token: Token) -> Amount:
        """Work out the amount; a part is rounded up.

        Raises
        ------
        BadAmount
        """
        if self.tokens is None:
            return Amount(-(-escrow * self.bps // 10_000))
        return token.parse(self.tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFile:
    """A job as its sponsor wrote it; paths are relative to the file's folder, durations in seconds."""

    title: str
    spec: Path | None
    architecture: str
    metric: str
    initial: Path
    holdout: Path
    reading: Reading
    token: str
    escrow: str
    rule: str
    target: int = 0
    grid: int = 0
    reward: str = "0"
    threshold: int = 0
    stake: Share
    bond_bps: int
    commit: int
    reveal: int
    declare: int
    submit: int
    rounds: int
    participants: int
    allow_list: tuple[str, ...] = ()
    model_bytes: int | None = None
    holdout_bytes: int | None = None
    rows: int | None = None
    min_rows: int | None = None
    confidence: int
    evidence_cut: int | None = None
    previous_job: int = 0
    aggregate: bool = False


def parse_duration(text: str) -> int | None:
    """Seconds in a duration such as ``1d12h``; None if it is none."""
    match = _DURATION.fullmatch(text.strip())
    if not match or not any(match.groups()):
        return None
    return sum(int(number or 0) * unit for number, unit in zip(match.groups(), _SECONDS, strict=True))
