"""Output on a full disk: nothing of it is lost or written twice, or it is let go; the program goes on."""

from __future__ import annotations

import errno
import io
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from deml_cli.render import Render
from deml_cli.streams import TerminalStream


class Disk(io.RawIOBase):
    """Takes so many bytes, and is full then."""

    def __init__(self, room: int, error: int = errno.ENOSPC) -> None:
        self.room, self.error = room, error
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        taken = bytes(data)[: self.room]
        if not taken:
            raise OSError(self.error, "no room")
        self.content += taken
        self.room -= len(taken)
        return len(taken)


On = Callable[[Disk], io.TextIOWrapper]


@pytest.fixture
def on() -> Iterator[On]:
    """Make text streams onto disks that have room in the end: else Python 3.13 fails whichever test runs then."""
    made: list[tuple[Disk, io.TextIOWrapper]] = []

    def make(disk: Disk) -> io.TextIOWrapper:
        made.append((disk, io.TextIOWrapper(io.BufferedWriter(disk), encoding="utf-8")))
        return made[-1][1]

    yield make
    for disk, stream in made:
        disk.room = sys.maxsize
        stream.close()


TEXT = "".join(f"line {number}: öäü\n" for number in range(5_000))


def test_what_does_not_fit_waits_for_room_and_comes_once(on: On, monkeypatch: pytest.MonkeyPatch):
    disk, told = Disk(10), []

    def more(_seconds: float) -> None:
        disk.room += 7_777

    monkeypatch.setattr(time, "sleep", more)
    stream = TerminalStream(on(disk), lambda: told.append("full"))
    stream.write(TEXT)
    assert disk.content.decode() == TEXT
    assert len(told) > 5


def test_what_may_be_lost_is_not_waited_for(on: On):
    disk = Disk(100)
    stream = TerminalStream(on(disk))
    stream.write(TEXT)
    assert disk.content == TEXT.encode()[:100]
    disk.room = 100_000
    stream.write("later\n")
    assert disk.content.endswith(b"later\n")


def test_to_lose_output_can_be_chosen_later(on: On):
    stream = TerminalStream(on(Disk(0)), lambda: pytest.fail("it was waited for"))
    stream.lose()
    stream.write("gone")


def test_other_failures_are_failures(on: On):
    with pytest.raises(OSError, match="no room"):
        TerminalStream(on(Disk(0, errno.EPIPE))).write("x")


def test_a_command_says_that_it_waits_for_room(
    on: On, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    disk = Disk(0)

    def more(_seconds: float) -> None:
        disk.room += 1_000

    monkeypatch.setattr(time, "sleep", more)
    monkeypatch.setattr(sys, "stdout", on(disk))
    Render(json_mode=True, yes=True).emit_line({"a": 1})
    assert disk.content == b'{"a": 1}\n'
    assert "no room for the output" in capsys.readouterr().err
