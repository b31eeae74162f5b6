"""The image's build fails where the dapp could not start: what holds that is in its two files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
MACHINE = tomllib.loads((ROOT / "cartesi.toml").read_text())["machine"]


def instructions() -> list[str]:
    """The Dockerfile's instructions, each in one line, without comments."""
    lines = [one for one in (ROOT / "Dockerfile").read_text().splitlines() if not one.startswith("#")]
    return [" ".join(one.split()) for one in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines() if one.strip()]


def test_a_machine_that_does_not_wait_for_its_first_input_is_not_stored():
    assert MACHINE["assert_rolling_template"] is True
    assert MACHINE["final_hash"] is True


def test_the_build_loads_libcmt_and_starts_the_dapp_with_all_that_it_runs_with():
    steps = instructions()
    (check,) = (at for at, one in enumerate(steps) if one.startswith("RUN") and "prepare()" in one)
    assert steps[check] == (
        """RUN python3 -c 'from deml.shell.cmt import load; load("libcmt.so")' """
        """&& python3 -c 'from deml.shell.service import prepare; prepare()'"""
    )
    (environment,) = (at for at, one in enumerate(steps) if one.startswith("ENV"))
    copied = [at for at, one in enumerate(steps) if one.startswith("COPY") and "/opt/deml" in one]
    assert max(environment, *copied) < check, "it starts what the image holds, as the image runs it"
    changing = [one for one in steps[check + 1 :] if one.startswith(("RUN", "COPY", "ADD", "ENV"))]
    assert changing == [], "what comes after it would not have been started"
