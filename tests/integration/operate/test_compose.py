"""What an operator would run is what the compose specification, the table of sources and the suites allow."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for

from deml_sdk.operate import exposition
from deml_sdk.suites import CARTESI_2_2

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docker/compose"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SOURCES = json.loads((FOLDER / "sources.json").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONE_SHOT = {name for name, one in SERVICES.items() if one.get("restart") == "no"}
LASTING = sorted(SERVICES.keys() - ONE_SHOT)


def schema() -> Any:
    """The compose specification's schema, as check-jsonschema carries it."""
    file = resources.files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json"
    return json.loads(file.read_text(encoding="utf-8"))


def errors(document: Any) -> list[str]:
    found = schema()
    return [one.message for one in validator_for(found)(found).iter_errors(document)]


def test_the_file_is_what_the_compose_specification_allows():
    assert errors(COMPOSE) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        {"services": {"one": {"image": 5}}},
        {"services": {"one": {"image": "x", "healtcheck": {}}}},
        {"services": {"one": {"image": "x", "restart": ["always"]}}},
    ],
)
def test_the_specification_would_find_a_slip(spoilt: dict[str, Any]):
    assert errors(spoilt)


def text_of(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)


def test_images_commands_and_variables_are_those_of_the_table():
    assert {one["image"] for one in SERVICES.values()} == set(SOURCES["images"])
    theirs = {text_of(one["command"]) for one in SERVICES.values() if "cartesi-rollups" in str(one.get("command"))}
    assert theirs == set(SOURCES["commands"])
    named = {name for one in SERVICES.values() for name in one.get("environment", {})}
    assert named == set(SOURCES["variables"])
    written = (FOLDER / "compose.yaml").read_text() + (FOLDER / "prometheus/prometheus.yml").read_text()
    ports = set(re.findall(r"(?<=:)(\d{2,5})(?=[\"/]|$)", re.sub(r"image: .*", "", written), re.M)) - {"102"}
    assert ports <= set(SOURCES["ports"]), ports
    for table in ("images", "commands", "ports", "variables"):
        for name, sources in SOURCES[table].items():
            assert sources, name
            assert set(sources) <= set(SOURCES["sources"]), name


def test_every_image_has_a_stated_tag():
    for one in SERVICES.values():
        assert re.fullmatch(r"\S+:\d\S*|\S+:v\d\S*", one["image"]), one["image"]


def test_what_is_built_here_has_its_files_and_dave_s_node_is_not_built_without_a_sum():
    built = {name: one["build"] for name, one in SERVICES.items() if "build" in one}
    assert {name for name, one in SERVICES.items() if one["image"].startswith("deml/")} == built.keys()
    for one in built.values():
        assert (FOLDER / one["context"] / one["dockerfile"]).is_file()
    assert SERVICES["disputes"]["profiles"] == ["prt"]
    assert built["disputes"]["args"] == {"DAVE_SHA256": "${DAVE_SHA256:-}"}, "required of that service, and of no other"
    recipe = (FOLDER / built["disputes"]["dockerfile"]).read_text()
    version = SERVICES["disputes"]["image"].partition(":")[2]
    assert f"ARG DAVE_VERSION={version}\n" in recipe
    assert re.search(r'^RUN echo "\$\{DAVE_SHA256:\?[^"]+\}  /tmp/node.tar.gz" \| sha256sum --check', recipe, re.M)


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_restarted_watched_bounded_and_its_log_too(name: str):
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"]
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_secrets_are_files_and_only_the_claimer_has_the_key_that_claims():
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if variable == "CARTESI_DATABASE_CONNECTION":
                assert re.fullmatch(r"postgres://postgres@database:5432/\w+\?sslmode=disable", value), "no password"
                continue
            secret = re.search(r"PASS|KEY|MNEMONIC|SECRET", variable)
            assert not secret or variable.endswith("_FILE") or str(value).startswith(("/run/", "private_key_file")), (
                variable
            )
        holds = "claimer-secrets" in json.dumps(service) or "CARTESI_AUTH" in json.dumps(service)
        assert holds == (name in ("claimer", "claimer-secret-init")), name
    example = (FOLDER / ".env.example").read_text()
    assert not re.search(r"(?i)password|key=|secret=", example)
    wanted = set(re.findall(r"\$\{(\w+):\?", (FOLDER / "compose.yaml").read_text()))
    assert wanted == set(re.findall(r"^(\w+)=", example, re.M))


def test_only_the_proxy_is_reached_from_elsewhere_and_the_database_by_the_node_alone():
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert published == {"proxy": ["80:80", "443:443"], "grafana": ["127.0.0.1:3000:3000"]}
    assert COMPOSE["networks"]["database"] == {"internal": True}
    near = {name for name, one in SERVICES.items() if "database" in one.get("networks", [])}
    assert near == {"database", "evm-reader", "advancer", "validator", "claimer", "jsonrpc-api"}


def test_the_contracts_are_those_of_the_suite_that_the_image_is_built_for():
    for name in ("evm-reader", "advancer", "validator", "claimer", "jsonrpc-api"):
        environment = SERVICES[name]["environment"]
        for part in ("input_box", "authority_factory", "application_factory", "self_hosted_application_factory"):
            assert environment[f"CARTESI_CONTRACTS_{part.upper()}_ADDRESS"] == getattr(CARTESI_2_2, part)


def test_the_nodes_images_are_those_of_that_suite():
    used = {one["image"] for one in SERVICES.values() if str(one.get("image")).startswith("cartesi/")}
    assert used == set(CARTESI_2_2.images)


def test_all_that_a_service_refers_to_is_declared():
    volumes = {one.partition(":")[0] for service in SERVICES.values() for one in service.get("volumes", [])}
    assert {one for one in volumes if re.fullmatch(r"[a-z-]+", one)} == set(COMPOSE["volumes"])
    assert {one for service in SERVICES.values() for one in service.get("secrets", [])} == set(COMPOSE["secrets"])
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
    for local in [one for one in volumes if one.startswith("./") and not one.startswith("./secrets")]:
        assert (FOLDER / local).exists(), local


def exported_metrics() -> set[str]:
    """Names that the exporter gives its metrics, by its source."""
    tree = ast.parse(Path(exposition.__file__).read_text())
    strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {one for one in strings if isinstance(one, str) and re.fullmatch(r"deml_\w+", one)} - {"deml_sdk"}


def used_metrics(expression: str) -> set[str]:
    return set(re.findall(r"\bdeml_\w+", expression))


def rules() -> Iterator[Mapping[str, Any]]:
    for group in yaml.safe_load((FOLDER / "prometheus/rules.yml").read_text())["groups"]:
        yield from group["rules"]


def test_alerts_and_dashboard_use_what_is_exported_and_all_of_it_is_looked_at():
    exported = exported_metrics()
    alerts = {name for rule in rules() for name in used_metrics(rule["expr"])}
    board = json.loads((FOLDER / "grafana/market.json").read_text())
    shown = {name for panel in board["panels"] for one in panel["targets"] for name in used_metrics(one["expr"])}
    assert alerts <= exported
    assert shown <= exported
    assert exported == alerts | shown
    (source,) = yaml.safe_load((FOLDER / "grafana/datasource.yml").read_text())["datasources"]
    assert {panel["datasource"]["uid"] for panel in board["panels"]} == {source["uid"]}
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_every_alert_has_a_runbook():
    text = (ROOT / "docs/operate.md").read_text()
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    anchors = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
    for rule in rules():
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert page == "docs/operate.md"
        assert anchor in anchors, rule["alert"]
        assert rule["alert"] in text, rule["alert"]


def test_every_runbook_says_what_of_it_was_tested():
    runbooks = (ROOT / "docs/operate.md").read_text().partition("\n## Runbooks\n")[2].partition("\n## ")[0]
    parts = runbooks.split("\n### ")[1:]
    assert parts
    for one in parts:
        assert re.search(r"\b(Tested|Not tested): ", one), one.partition("\n")[0]
        for file in re.findall(r"`(tests/\S+\.py)`", one):
            assert (ROOT / file).is_file(), file


def test_commands_of_the_runbooks_name_services_volumes_and_files_that_there_are():
    text = (ROOT / "docs/operate.md").read_text()
    typed = re.findall(r"docker compose(?: --profile prt)? (exec|stop|restart|logs|up|down)([^`|<>\n#]*)", text)
    assert {verb for verb, _ in typed} >= {"exec", "stop", "restart", "logs", "up", "down"}
    for verb, words in typed:
        named = [one.partition("=")[0] for one in words.split() if not one.startswith("-")]
        if verb == "exec":
            named = named[:1]
        assert set(named) <= set(SERVICES), f"docker compose {verb}{words}"
    removed = [one for line in re.findall(r"docker volume rm (.+)", text) for one in line.split()]
    assert removed
    assert set(removed) <= {f"{COMPOSE['name']}_{one}" for one in COMPOSE["volumes"]}
    secrets = set(re.findall(r"secrets/(\w+)", text)) - {"node", "claimer"}
    assert secrets == set(COMPOSE["secrets"])
    assert "zone=inspect" in (FOLDER / "nginx/market.conf.template").read_text()


def test_grafana_may_read_its_password():
    """A secret is the file itself, with its owner and mode; Grafana's image runs as user 472."""
    assert "chown 472 secrets/grafana_password" in (ROOT / "docs/operate.md").read_text()
    readers = {name for name, one in SERVICES.items() if one.get("secrets")}
    assert readers == {"database", "proxy", "grafana", "disputes"}, "of another, say how it reads its secret"
