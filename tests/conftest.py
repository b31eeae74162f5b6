"""Hypothesis: no test fails for being slow, and CI looks at the same examples every time; a longer run at others."""

from __future__ import annotations

from hypothesis import settings

from tests.support.scale import SCALE

settings.register_profile("deml", deadline=None, derandomize=SCALE == 1, print_blob=True)
settings.load_profile("deml")
