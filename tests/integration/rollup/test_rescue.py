"""The parent's last words over HTTP, and the memory that its child may take."""

from __future__ import annotations

import resource

import pytest

from deml.shell.channel import Channel
from deml.shell.errors import MachineTooSmall, RescueFailed
from deml.shell.memory import OTHERS, TO_COME, limit_memory, ram
from deml.shell.rescue import rescue
from tests.integration.rollup.scripted_server import IDLE, HangUp, Reply, ScriptedServer, refusing_port, reports


def rescue_through(server: ScriptedServer) -> None:
    rescue(Channel(server.url, None, in_machine=True), "its process was ended by signal 9")


def test_a_report_says_why_before_the_input_is_rejected():
    with ScriptedServer([IDLE]) as server:
        rescue_through(server)
    assert [path for path, _ in server.posts] == ["report", "finish"]
    (report,) = reports(server)
    assert (report["code"], report["values"]) == ("BUG", {"cause": "its process was ended by signal 9"})
    assert server.posts[-1] == ("finish", {"status": "reject"})


@pytest.mark.parametrize("fault", [Reply(500), Reply(410), HangUp()], ids=["500", "410", "hang-up"])
@pytest.mark.parametrize("path", ["report", "finish"])
def test_a_rescue_that_is_refused_is_a_named_error(fault: Reply | HangUp, path: str):
    refusing = ScriptedServer([fault] if path == "finish" else [], faults={"report": fault} if path == "report" else {})
    with refusing as server, pytest.raises(RescueFailed) as caught:
        rescue_through(server)
    assert caught.value.path == path


def test_a_server_that_is_gone_is_a_named_error():
    with refusing_port() as port, pytest.raises(RescueFailed) as caught:
        rescue(Channel(f"http://127.0.0.1:{port}", None, in_machine=True), "anything")
    assert caught.value.reason == "ConnectionRefusedError"


def test_a_machine_without_room_for_what_jobs_reserve_is_refused():
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(MachineTooSmall) as caught:
        limit_memory(128 * 2**20)
    assert caught.value.needed > OTHERS + TO_COME
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_the_ram_is_what_the_kernel_says():
    with open("/proc/meminfo", encoding="ascii") as file:
        (total,) = (int(line.split()[1]) for line in file if line.startswith("MemTotal:"))
    assert ram() == total * 1024
