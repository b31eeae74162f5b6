"""The sponsor's three job files, as it would write them."""

from __future__ import annotations

from typing import Final

from deml_devnet.demo.data import LABEL
from deml_devnet.demo.models import ARCHITECTURE, METRIC

FIXED: Final = """\
rule = "fixed"
reward = "100"
threshold = 72_000
"""
"""The same reward for each of the first four whose Brier score is credited 0.072 above the initial model's.

On 114 rows, six places and 95 %, gains below 0.0702 could all be luck, and terms that pay for less are refused. The
clinic that trains with differential privacy is credited 0.12 on average and, by its noise, less than 0.1 one time in
thirty: it is to be due.
"""

MARKET: Final = """\
rule = "market"
target = -10_000
grid = 1_000
"""
"""Everything for a credited Brier score of -0.01 (0 is perfect), less for one that comes near."""

_TEMPLATE: Final = """\
{what}

[model]
{model}
initial = "initial.safetensors"

[holdout]
file = "{holdout}"
{label}

[reward]
{rule}
escrow = "400"
stake = "100"
confidence = "95%"
bond = "20%"

[windows]
commit = "10m"
reveal = "10m"
declare = "10m"
submit = "10m"
rounds = 10

[limits]
participants = {participants}
"""


def job_file(title: str, holdout: str, rule: str, participants: int) -> str:
    """Write one out."""
    return _TEMPLATE.format(
        what=f'title = "{title}"',
        model=f"architecture = '{ARCHITECTURE}'\nmetric = \"{METRIC}\"",
        holdout=holdout,
        label=f'label = "{LABEL}"',
        rule=rule,
        participants=participants,
    )


def job_file_of(spec: str, holdout: str, rule: str, participants: int) -> str:
    """Write one whose specification, the file `spec` beside it, says what the job is about."""
    return _TEMPLATE.format(
        what=f'spec = "{spec}"', model="", holdout=holdout, label="", rule=rule, participants=participants
    )
