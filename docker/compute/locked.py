"""Print the entries of a lock file, hashes and all, for the packages that a list names.

python3 locked.py packages.txt requirements.lock > requirements.txt
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ENTRY = re.compile(r"^([a-z0-9._-]+)==[^\n]+\\\n(?:    --hash=\S+(?: \\)?\n)+", re.MULTILINE)


def entries(names: str, lock: str) -> str:
    """Entries of all packages named, in the lock's order; one that it lacks ends the program."""
    wanted = {line for line in names.splitlines() if line and not line.startswith("#")}
    found = [one for one in ENTRY.finditer(lock) if one[1] in wanted]
    missing = wanted - {one[1] for one in found}
    if missing:
        sys.exit(f"requirements.lock lacks {', '.join(sorted(missing))}")
    return "".join(one[0] for one in found)


if __name__ == "__main__":
    sys.stdout.write(entries(*(Path(one).read_text(encoding="utf-8") for one in sys.argv[1:])))
