"""Which setting wins: command line, environment, config.toml, devnet; and what `config set` leaves alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deml_cli.config import load_config
from deml_cli.errors import BadSetting, NotConfigured
from tests.support.fake_services import Services
from tests.unit.conftest import Run


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A home with two profiles and a folder with a devnet."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text(
        '[profiles.devnet]\nnode_url = "http://stored"\n'
        '[profiles.sepolia]\nrpc_url = "http://sepolia"\nchain_id = 11155111\n'
    )
    (tmp_path / "devnet").mkdir()
    (tmp_path / "devnet" / "deployment.json").write_text(
        json.dumps({"rpc_url": "http://devnet", "node_url": "http://devnet", "chain_id": 31337, "input_box": "0x1"})
    )
    return {"DEML_HOME": str(tmp_path / "home"), "DEML_DEVNET_DIR": str(tmp_path / "devnet")}


def test_the_devnet_profile_takes_what_a_devnet_says(environment: dict[str, str]):
    config = load_config(None, {}, environment)
    assert config.profile == "devnet"
    assert config.get("rpc_url") == "http://devnet"
    assert config.get("chain_id") == "31337"
    assert config.values["rpc_url"].source.endswith("deployment.json")


def test_each_source_wins_over_the_next(environment: dict[str, str]):
    assert load_config(None, {}, environment).get("node_url") == "http://stored"
    environment["DEML_NODE_URL"] = "http://environment"
    assert load_config(None, {}, environment).get("node_url") == "http://environment"
    assert load_config(None, {"node_url": "http://option"}, environment).get("node_url") == "http://option"


@pytest.mark.parametrize(
    ("given", "variables", "stored", "inspect"),
    [
        ({}, {}, {}, "http://devnet/inspect"),
        ({"node_url": "http://option"}, {}, {}, None),
        ({}, {"DEML_NODE_URL": "http://environment"}, {}, None),
        ({}, {}, {"node_url": "http://stored"}, None),
        ({"node_url": "http://option"}, {"DEML_INSPECT_URL": "http://old"}, {"inspect_url": "http://older"}, None),
        ({}, {"DEML_NODE_URL": "http://environment"}, {"inspect_url": "http://older"}, None),
        ({}, {}, {"node_url": "http://stored", "inspect_url": "http://its own"}, "http://its own"),
        ({"node_url": "http://option", "inspect_url": "http://its own"}, {}, {}, "http://its own"),
        ({"inspect_url": "http://only this"}, {"DEML_NODE_URL": "http://environment"}, {}, "http://only this"),
    ],
)
def test_another_node_is_not_inspected_where_the_one_before_it_was(
    tmp_path: Path, given: dict[str, str], variables: dict[str, str], stored: dict[str, str], inspect: str | None
):
    devnet = {"node_url": "http://devnet", "inspect_url": "http://devnet/inspect"}
    (tmp_path / "deployment.json").write_text(json.dumps(devnet))
    lines = [f'{name} = "{value}"' for name, value in stored.items()]
    (tmp_path / "config.toml").write_text("\n".join(["[profiles.devnet]", *lines]))
    where = {"DEML_HOME": str(tmp_path), "DEML_DEVNET_DIR": str(tmp_path), **variables}
    assert load_config(None, given, where).get("inspect_url") == inspect


def test_the_command_lines_node_is_inspected_beside_it(
    deml: Run, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """An old `inspect_url` used to answer for a node that was named on the command line."""
    app = "0x" + "a1" * 20
    old = {"node_url": "http://127.0.0.1:9", "inspect_url": "http://127.0.0.1:9/inspect", "app_address": app}
    (tmp_path / "deployment.json").write_text(json.dumps(old))
    monkeypatch.setenv("DEML_DEVNET_DIR", str(tmp_path))
    job = {"status": "Rejected", "reports": []}
    services.pages["POST", f"/inspect/{app}"] = lambda _: (200, json.dumps(job).encode())
    services.pages["POST", f"/elsewhere/{app}"] = services.pages["POST", f"/inspect/{app}"]
    for options in (("--node-url", services.url), ("--inspect-url", f"{services.url}/elsewhere")):
        done = deml("job", "show", "7", *options, "--json")
        assert json.loads(done.stdout)["error"]["code"] == "QUERY_REFUSED"
    assert [path for _, path, _ in services.requests] == [f"/inspect/{app}", f"/elsewhere/{app}"]


@pytest.mark.parametrize(
    ("command", "service"),
    [(("job", "show", "7"), "node"), (("notices",), "node"), (("wallet", "balance"), "chain")],
)
def test_a_devnet_that_is_down_is_said_to_be(
    deml: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], service: str
):
    app = "0x" + "a1" * 20
    gone = {"rpc_url": "http://127.0.0.1:9", "node_url": "http://127.0.0.1:9/rpc", "app_address": app, "token": app}
    (tmp_path / "deployment.json").write_text(json.dumps(gone))
    monkeypatch.setenv("DEML_DEVNET_DIR", str(tmp_path))
    done = deml(*command, "--wallet", "client1", "--json")
    assert done.exit_code == 3
    report = json.loads(done.stdout)["error"]
    assert (report["code"], report["values"]["service"]) == ("DEVNET_NOT_RUNNING", service)
    assert report["values"]["folder"] == str(tmp_path)
    assert "deml devnet up" in report["fix"]
    elsewhere = deml(
        *command,
        "--wallet",
        "client1",
        "--json",
        *("--rpc-url", "http://127.0.0.1:9"),
        *("--node-url", "http://127.0.0.1:9"),
    )
    assert json.loads(elsewhere.stdout)["error"]["code"] == "SERVICE_UNREACHABLE"
    assert "is not running" in deml("doctor", "--wide").stdout


def test_another_profile_takes_nothing_of_the_devnet(environment: dict[str, str]):
    config = load_config("sepolia", {}, environment)
    assert config.get("rpc_url") == "http://sepolia"
    assert config.get("node_url") is None
    with pytest.raises(NotConfigured) as caught:
        config.require("node_url")
    assert "sepolia.node_url" in caught.value.advice()


def test_the_portal_has_a_default(environment: dict[str, str]):
    assert load_config("sepolia", {}, environment).require("erc20_portal").startswith("0xaca6586a")


def test_without_any_file_there_are_no_settings(tmp_path: Path):
    where = {"DEML_HOME": str(tmp_path / "none"), "DEML_DEVNET_DIR": str(tmp_path)}
    assert load_config(None, {}, where).values == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[profiles", "file"),
        ("[profiles.devnet]\nrpcurl = 'x'", "known settings"),
        ("profiles = 3", "profile 'devnet'"),
        ("[profiles]\ndevnet = 3", "not a table"),
        ("profile = 'nowhere'", "no such table"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str, words: str):
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(BadSetting) as caught:
        load_config(None, {}, {"DEML_HOME": str(tmp_path), "DEML_DEVNET_DIR": str(tmp_path)})
    assert words in str(caught.value)
    assert "config.toml" in str(caught.value)


def test_an_unknown_profile_is_refused(environment: dict[str, str]):
    with pytest.raises(BadSetting, match="sepolai"):
        load_config("sepolai", {}, environment)


def test_homes_follow_xdg():
    from deml_cli.config import home_directory

    assert home_directory({"XDG_CONFIG_HOME": "/x"}) == Path("/x/deml")
    assert home_directory({}) == Path.home() / ".config" / "deml"
    assert home_directory({"DEML_HOME": "/y", "XDG_CONFIG_HOME": "/x"}) == Path("/y")


def test_set_stores_and_keeps_comments(deml: Run, home: Path):
    home.mkdir()
    (home / "config.toml").write_text("# mine\n[profiles.sepolia]\nwallet = 'bob' # still\n")
    assert deml("config", "set", "sepolia.rpc_url", "http://127.0.0.1:1").exit_code == 0
    assert deml("config", "set", "profile", "sepolia").exit_code == 0
    text = (home / "config.toml").read_text()
    assert "# mine" in text
    assert "# still" in text
    shown = json.loads(deml("config", "show", "--json").stdout)
    assert shown["profile"] == "sepolia"
    assert {one["setting"]: one["value"] for one in shown["settings"]}["rpc_url"] == "http://127.0.0.1:1"
    assert (home / "config.toml").stat().st_mode & 0o777 == 0o600


def test_set_removes_with_an_empty_value(deml: Run, home: Path):
    deml("config", "set", "sepolia.wallet", "bob")
    deml("config", "set", "sepolia.wallet", "")
    assert load_config("sepolia", {}, {"DEML_HOME": str(home)}).get("wallet") is None


@pytest.mark.parametrize("key", ["rpc_url", "sepolia.rpcurl", "a.b.rpc_url", "", ".rpc_url"])
def test_set_refuses_what_is_no_setting(deml: Run, home: Path, key: str):
    assert deml("config", "set", key, "x").exit_code == 1
    assert not (home / "config.toml").exists()


def test_access_keys_in_urls_are_never_shown(deml: Run):
    deml("config", "set", "sepolia.rpc_url", "https://user:hunter2@rpc.example/v3/0123456789abcdef?key=hunter3")
    for arguments in (("config", "show"), ("config", "show", "--json"), ("doctor",)):
        done = deml(*arguments, "--profile", "sepolia")
        said = done.stdout + done.stderr
        assert "hunter" not in said
        assert "0123456789abcdef" not in said
    assert "https://rpc.example/..." in deml("config", "show", "--profile", "sepolia").stdout


def test_the_environment_chooses_the_profile(deml: Run, monkeypatch: pytest.MonkeyPatch):
    deml("config", "set", "sepolia.wallet", "bob")
    monkeypatch.setenv("DEML_PROFILE", "sepolia")
    assert json.loads(deml("config", "show", "--json").stdout)["profile"] == "sepolia"


def test_path_is_where_it_says(deml: Run, home: Path):
    assert deml("config", "path").stdout.strip() == str(home / "config.toml")
