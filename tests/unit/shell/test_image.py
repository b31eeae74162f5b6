"""The image's build fails where the dapp could not start: what holds that is in its two files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from deml_sdk.suites import CARTESI_2_2

ROOT = Path(__file__).parents[3]
IMAGE = tomllib.loads((ROOT / "cartesi.toml").read_text())
MACHINE = IMAGE["machine"]


def instructions() -> list[str]:
    """The Dockerfile's instructions, each in one line, without comments."""
    lines = [one for one in (ROOT / "Dockerfile").read_text().splitlines() if not one.startswith("#")]
    return [" ".join(one.split()) for one in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines() if one.strip()]


def test_a_machine_that_does_not_wait_for_its_first_input_is_not_stored():
    assert MACHINE["assert_rolling_template"] is True
    assert MACHINE["final_hash"] is True


def test_a_cli_of_either_spelling_makes_the_same_machine():
    root = IMAGE["drives"]["root"]
    assert MACHINE["ram_length"] == MACHINE["ram-length"] == "1024Mi"
    assert MACHINE["assert-rolling-template"] is MACHINE["assert_rolling_template"]
    assert MACHINE["final-hash"] is MACHINE["final_hash"]
    assert root["extra_size"] == root["extraSize"]
    spelled_alike = {"user", "use_docker_env", "use_docker_workdir"}, {"builder", "dockerfile", "format"}
    for table, alike in zip((MACHINE, root), spelled_alike, strict=True):
        twice = {re.sub(r"[-_]", "", one).lower() for one in table if one not in alike}
        assert len(table) == len(alike) + 2 * len(twice), "every other name is there in both spellings"


def test_the_machine_is_made_by_the_sdk_of_the_nodes_release():
    releases = {one.partition(":")[2] for one in CARTESI_2_2.images}
    assert {IMAGE["sdk"]} == {f"cartesi/sdk:{one}" for one in releases}


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
