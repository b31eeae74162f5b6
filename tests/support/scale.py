"""How hard random tests look: DEML_TEST_SCALE times as long as in CI (``make test-long``)."""

from __future__ import annotations

import os

SCALE = int(os.environ.get("DEML_TEST_SCALE", "1"))
