from __future__ import annotations

from dataclasses import dataclass

import pytest

from deml.base.errors import DemlError
from deml_cli.errors import Declined, NobodyToAsk
from deml_cli.exit_codes import ExitCode, exit_code
from deml_sdk import errors
from tests.unit.conftest import Run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.BadHex("zz"), 1),
        (errors.ServiceUnreachable("node", "http://x", "no connection"), 3),
        (errors.BadAnswer("node", "http://x", "HTML"), 3),
        (errors.CallFailed("node", "m", -1, "why"), 3),
        (errors.DappRefused(errors.Reason("WRONG_PHASE", "Too late."), 3), 4),
        (errors.ContractReverted("InputBox", "addInput", "why"), 4),
        (errors.TransactionReverted("0x1", 2), 4),
        (errors.InputNotProcessed(3, 10), 5),
        (errors.TransactionPending("0x1", 10), 5),
        (Declined("commit"), 6),
        (NobodyToAsk("commit"), 6),
    ],
)
def test_exit_code_of_a_failure(error: DemlError, code: int):
    assert exit_code(error) == code


def test_the_numbers_never_change():
    assert {code.name: int(code) for code in ExitCode} == {
        "OK": 0,
        "FAILED": 1,
        "USAGE": 2,
        "UNAVAILABLE": 3,
        "REFUSED": 4,
        "TIMED_OUT": 5,
        "NO_CONSENT": 6,
    }


def test_a_failure_says_what_and_what_next_on_stderr(deml: Run):
    done = deml("decode", "0xzz")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "not hexadecimal" in done.stderr
    assert "even number of the digits" in done.stderr
    assert "BAD_HEX" in done.stderr


def test_with_json_a_failure_is_a_document_on_stdout(deml: Run):
    import json

    done = deml("decode", "0xzz", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "BAD_HEX"


def test_nobody_listening_is_exit_code_3(deml: Run):
    done = deml("notices", "--node-url", "http://127.0.0.1:9", "--app-address", "0x" + "11" * 20)
    assert done.exit_code == 3
    assert "The node at http://127.0.0.1:9/... cannot be reached" in done.stderr


def test_a_missing_setting_names_option_and_variable(deml: Run):
    done = deml("notices")
    assert done.exit_code == 1
    assert "--node-url or DEML_NODE_URL" in done.stderr


def test_bugs_pass_through_with_their_traceback(deml: Run, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("deml_cli.commands.content.file_cid", broken)
    done = deml("cid", __file__)
    assert isinstance(done.exception, ZeroDivisionError)


@dataclass(eq=False)
class Strange(DemlError):
    text: str
    what = "It was {text}."
    fix = "Do [bold]this[/]."


def test_values_in_errors_are_not_markup(capsys: pytest.CaptureFixture[str]):
    from deml_cli.render import Render

    Render(json_mode=False, yes=False).error(Strange("[red]odd[/]"))
    shown = capsys.readouterr().err
    assert "[red]odd[/]" in shown
    assert "[bold]this[/]" in shown
