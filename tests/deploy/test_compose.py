"""compose.yaml: whole in itself, and each of our services is one with which the program starts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from streams.settings import Profile, Role
from tests.deploy.held import DEPLOY, documents, missing, run_with, unknown_settings, why_no_command

TEXT = (DEPLOY / "compose.yaml").read_text()
(FILE,) = documents(TEXT)
Service = dict[str, Any]
SERVICES: dict[str, Service] = FILE["services"]  # type: ignore[assignment] # YAML
OURS = {name: one for name, one in SERVICES.items() if str(one["image"]).startswith("fenghuo")}
# What the Compose specification calls a service's attributes, as far as they are used.
ATTRIBUTES = {
    "build", "cap_drop", "command", "depends_on", "deploy", "environment", "healthcheck", "image", "ports",
    "read_only", "restart", "secrets", "security_opt", "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
FILLED = re.compile(r"\$\{(\w+):\?[^}]+\}")


def environment(service: Service) -> dict[str, str]:
    """What the containers see, once the operator has filled in `.env`."""
    return {
        name: FILLED.sub("filled-in-by-hand", str(value)) for name, value in service["environment"].items()
    }


def mounts(service: Service) -> Iterator[tuple[str, str]]:
    for volume in service.get("volumes", ()):
        source, _, target = volume.partition(":")
        yield source, target


def test_it_is_a_compose_file() -> None:
    """Only known attributes stand there, and every volume, secret and service that is named is declared."""
    assert {name: set(one) - ATTRIBUTES for name, one in SERVICES.items()} == {
        name: set() for name in SERVICES
    }
    named = {source for one in SERVICES.values() for source, _ in mounts(one) if not source.startswith(".")}
    assert named == set(FILE["volumes"])  # type: ignore[call-overload] # YAML
    assert {one for service in SERVICES.values() for one in service.get("secrets", ())} == set(
        FILE["secrets"]
    )  # type: ignore[call-overload] # YAML
    for one in SERVICES.values():
        awaited = one.get("depends_on", {})
        assert set(awaited) <= set(SERVICES)
        for name, how in awaited.items() if isinstance(awaited, dict) else ():
            assert how["condition"] in CONDITIONS
            assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[name]


def test_it_is_what_was_asked_for() -> None:
    """Two engines, two gateways, one job each for database and topics, and those who watch them."""
    assert set(OURS) == {"migrations", "topics", "engine", "gateway"}
    assert {name: OURS[name]["deploy"]["replicas"] for name in ("engine", "gateway")} == {
        "engine": 2,
        "gateway": 2,
    }
    assert {"kafka-1", "kafka-2", "kafka-3", "postgres", "prometheus", "alertmanager", "grafana"} < set(
        SERVICES
    )
    for name in ("engine", "gateway"):
        assert OURS[name]["depends_on"] == {
            "migrations": {"condition": "service_completed_successfully"},
            "topics": {"condition": "service_completed_successfully"},
        }


@pytest.mark.parametrize("name", OURS)
def test_the_program_starts_so(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command is one, its settings are good in production, and it may do nothing but its work."""
    service = OURS[name]
    assert why_no_command(service["command"]) is None
    assert unknown_settings(service["environment"]) == []
    settings = run_with(environment(service), monkeypatch)
    assert settings.profile is Profile.PRODUCTION
    assert settings.role is (Role.GATEWAY if name == "gateway" else Role.ENGINE)
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert set(re.findall(r"kafka-\d", str(settings.brokers))) <= set(SERVICES)


def test_what_it_mounts_is_there() -> None:
    """Files of the repository stand where they are mounted from; only secrets are the operator's to bring."""
    files = [source for one in SERVICES.values() for source, _ in mounts(one) if source.startswith(".")]
    files += [one["build"]["dockerfile"].removeprefix("deploy/") for one in OURS.values()]
    assert missing(files, DEPLOY) == []
    brought = [one["file"] for one in FILE["secrets"].values()]  # type: ignore[attr-defined] # YAML
    assert all(file.startswith("./compose/secrets/") for file in brought)


def test_no_secret_stands_in_it() -> None:
    """Each is asked for by name, the names stand in the example to copy, and that has no values."""
    example = (DEPLOY / "compose/env.example").read_text()
    assert set(re.findall(r"^(\w+)=$", example, re.MULTILINE)) == set(FILLED.findall(TEXT))
    assert not re.findall(r"^\w+=.+$", example, re.MULTILINE)


def test_those_who_watch_find_it() -> None:
    """Prometheus asks the names and the port of our services, and Grafana reads the folder that is mounted."""
    (scraped,) = documents((DEPLOY / "prometheus/prometheus.yaml").read_text())
    asked = str(scraped)
    assert "engine" in asked
    assert "gateway" in asked
    assert "8600" in asked
    (source,) = documents((DEPLOY / "compose/grafana/datasources/prometheus.yaml").read_text())
    assert source["datasources"][0]["url"] == "http://prometheus:9090"  # type: ignore[index] # YAML
    (provider,) = documents((DEPLOY / "compose/grafana/dashboards/fenghuo.yaml").read_text())
    path = provider["providers"][0]["options"]["path"]  # type: ignore[index] # YAML
    assert path in {target.partition(":")[0] for _, target in mounts(SERVICES["grafana"])}


MATCHER = re.compile(r'(\w+)="(\w+)"')


def receiver(route: Service, labels: dict[str, str]) -> str:
    """Who hears of an alert with these labels, as Alertmanager goes down its tree."""
    for inner in route.get("routes", ()):
        if all(labels.get(n) == v for n, v in MATCHER.findall(" ".join(inner["matchers"]))):
            return receiver({"receiver": route["receiver"], **inner}, labels)
    return str(route["receiver"])


def test_alerts_ring_where_their_labels_say() -> None:
    """Every alert's `calls` is a receiver, what is critical rings again sooner, and what informs rings nowhere."""
    (alerting,) = documents((DEPLOY / "compose/alertmanager.yaml").read_text())
    root: Service = alerting["route"]  # type: ignore[assignment] # YAML
    receivers = {one["name"] for one in alerting["receivers"]}  # type: ignore[attr-defined] # YAML
    seen = set()
    for file in sorted((DEPLOY / "prometheus/rules").glob("*.yaml")):
        (rules,) = documents(file.read_text())
        for rule in (rule for group in rules["groups"] for rule in group["rules"] if "alert" in rule):  # type: ignore[attr-defined] # YAML
            labels = rule["labels"]
            found = receiver(root, labels)
            is_silent = labels["calls"] == "platform" and labels["severity"] == "info"
            assert found == ("nobody" if is_silent else labels["calls"]), rule["alert"]
            seen.add(found)
    assert seen <= receivers
    assert {"duty", "platform"} <= seen


def test_images_are_pinned_and_name_no_host() -> None:
    """Every image has a version, and comes from wherever the machine's own registry is."""
    for name, service in SERVICES.items():
        image, _, tag = service["image"].rpartition(":")
        assert image, name
        assert tag not in ("", "latest"), name
        assert "." not in image.split("/")[0], name
