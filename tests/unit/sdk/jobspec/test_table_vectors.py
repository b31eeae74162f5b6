"""The vectors that the page reads tables by say what the command makes of them."""

from __future__ import annotations

from tests.vectors.generate_tables import FILE, content


def test_the_file_is_what_the_command_reads() -> None:
    assert FILE.read_text("utf-8") == content()
