"""How many inputs a real Postgres keeps for a node a second, what they take on disk, and what a backup takes.

The tables are not Cartesi's, which no package brings, but hold what a node must: inputs, outputs, and for each output a
proof of 63 hashes. A transaction stores an input, another the outputs that it led to, a third their proofs, as reader,
advancer and validator do. Sizes are those of the small job in bench_market: six inputs of 333 bytes and nine outputs of
444. The bytes are made by Postgres, whose time is counted. Needs Debian's postgresql; root runs it as its own user.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

PROGRAMS: Final = Path("/usr/lib/postgresql/15/bin")
INPUTS: Final = 6
"""Of a small job."""

TABLES: Final = """
CREATE TABLE input (app int, index bigint GENERATED ALWAYS AS IDENTITY, raw bytea, status text,
                    PRIMARY KEY (app, index));
CREATE TABLE output (app int, input bigint, index bigint GENERATED ALWAYS AS IDENTITY, raw bytea, hash bytea,
                     siblings bytea[], PRIMARY KEY (app, index));
CREATE INDEX ON output (app, input);
CREATE INDEX ON output (app) WHERE siblings IS NULL;
CREATE FUNCTION noise(bytes int) RETURNS bytea LANGUAGE sql AS
    $$ SELECT substring(string_agg(sha256(random()::text::bytea), ''::bytea), 1, bytes)
       FROM generate_series(0, bytes / 32) $$;
"""

INPUT: Final = r"""
INSERT INTO input (app, raw, status) VALUES (:client_id, noise(333), 'NONE') RETURNING index \gset
BEGIN;
UPDATE input SET status = 'ACCEPTED' WHERE app = :client_id AND index = :index;
INSERT INTO output (app, input, raw, hash)
    SELECT :client_id, :index, noise(444), noise(32) FROM generate_series(1, OUTPUTS);
END;
"""
"""Reading an input, and running it; pgbench's clients count as Applications."""

CLAIM: Final = """
UPDATE output SET siblings = ARRAY(SELECT noise(32) FROM generate_series(1, 63))
    WHERE app = :client_id AND siblings IS NULL;
"""
"""Proofs of what has none: here once a job, which is often."""

JOB: Final = "".join(INPUT.replace("OUTPUTS", str(1 + number % 2)) for number in range(INPUTS)) + CLAIM
"""Inputs lead to one or two outputs in turn: nine in all."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--applications", type=int, nargs="+", default=[1, 4])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="deml-postgres-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        run("initdb", "-D", data, "--auth=trust", "-U", "postgres")
        run("pg_ctl", "-D", data, "-l", folder / "log", "-o", f"-k {folder} -c listen_addresses=", "-w", "start")
        try:
            at = ("-h", folder, "-U", "postgres")
            run("psql", *at, "-v", "ON_ERROR_STOP=1", "-c", TABLES)
            script = folder / "job.sql"
            script.write_text(JOB)
            script.chmod(0o644)
            for applications in chosen.applications:
                print(json.dumps(measure(at, script, applications, chosen.seconds)))
            print(json.dumps(backed_up(at, folder)))
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")


def measure(at: tuple[object, ...], script: Path, applications: int, seconds: int) -> dict[str, object]:
    """Let one writer an Application store jobs as fast as it can."""
    before = size(at), jobs(at)
    told = run("pgbench", *at, "-n", "-f", script, "-c", applications, "-j", 1, "-T", seconds, "postgres")
    found = re.search(r"tps = ([\d.]+)", told)
    if found is None:
        sys.exit(told)
    stored = jobs(at) - before[1]
    return {
        "applications": applications,
        "jobs_a_second": round(float(found[1]), 1),
        "inputs_a_second": round(INPUTS * float(found[1])),
        "kilobytes_a_job": round((size(at) - before[0]) / max(stored, 1) / 1_000, 1),
    }


def backed_up(at: tuple[object, ...], folder: Path) -> dict[str, object]:
    """Dump and restore as docs/operate.md says, and compare what is there."""
    dump = folder / "market.dump"
    began = time.monotonic()
    run("pg_dump", *at, "-Fc", "-f", dump, "postgres")
    dumped = time.monotonic()
    digest = "SELECT md5(string_agg(md5(output::text), '' ORDER BY app, index)) FROM output"
    was = run("psql", *at, "-Atc", digest)
    run("psql", *at, "-c", "DELETE FROM output WHERE index % 2 = 0")
    cut = run("psql", *at, "-Atc", digest)
    restoring = time.monotonic()
    run("pg_restore", *at, "--clean", "--if-exists", "-d", "postgres", dump)
    restored = time.monotonic()
    same = run("psql", *at, "-Atc", digest) == was != cut
    return {
        "jobs": jobs(at),
        "dump_megabytes": round(dump.stat().st_size / 1e6, 1),
        "dump_seconds": round(dumped - began, 1),
        "restore_seconds": round(restored - restoring, 1),
        "restored_equal": same,
    }


def jobs(at: tuple[object, ...]) -> int:
    return int(run("psql", *at, "-Atc", "SELECT count(*) FROM input")) // INPUTS


def size(at: tuple[object, ...]) -> int:
    return int(run("psql", *at, "-Atc", "SELECT pg_database_size('postgres')"))


def run(program: str, *words: object) -> str:
    """Run one of Postgres' programs; return what it prints."""
    command = [str(PROGRAMS / program), *map(str, words)]
    user = "postgres" if os.geteuid() == 0 else None
    done = subprocess.run(command, capture_output=program != "pg_ctl", text=True, check=True, user=user, cwd="/")
    return (done.stdout or "").strip()


if __name__ == "__main__":
    main()
