"""The chart, rendered by Go's own templates (Helm's engine, without Helm), and held to the program."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from models.topics import Topic
from streams.settings import Profile, Role
from tests.deploy.held import DEPLOY, documents, routes, run_with, unknown_settings, why_no_command
from tests.servers import skip_unless_ci

CHART = DEPLOY / "helm/fenghuo"
TEMPLATES = sorted((CHART / "templates").glob("*.yaml"))
Resource = dict[str, Any]
NEEDED = {
    "kafka": {
        "url": "kafka://kafka-1:9093,kafka-2:9093",
        "users": {"engine": "fenghuo-engine", "gateway": "fenghuo-gateway", "topics": "fenghuo-topics"},
        "caConfigMap": "kafka-ca",
    },
    "trustedProxies": "10.42.0.0/16",
    "attachments": {"url": "s3://fenghuo/photographs", "credentialsSecret": "fenghuo-s3"},
    "settings": {"FENGHUO_REQUESTS_PER_MINUTE": 600},
    "scaling": {"enabled": True, "authentication": "kafka"},
}
SECRET = {"FENGHUO_DATABASE_URL": "postgresql+asyncpg://f:x@db/f", "FENGHUO_TOKEN": "filled-in-by-hand"}


# In a process of its own: the library ends the process when a template calls `fail`.
RENDER = """
import json, pathlib, sys, go_template
values = json.load(sys.stdin)
for file in sys.argv[1:]:
    print("---\\n" + go_template.render(pathlib.Path(file), values).decode(), flush=True)
"""


class NotRendered(Exception):
    """The chart refuses these values."""


def rendered(folder: Path, changes: dict[str, Any]) -> list[Resource]:
    """Everything that the chart makes of its values with these changes."""
    if find_spec("go_template") is None:
        skip_unless_ci("Go's templates (py-go-template) are not installed")
    (values,) = documents((CHART / "values.yaml").read_text())
    for name, change in changes.items():
        values[name] = {**values[name], **change} if isinstance(change, dict) else change  # type: ignore[dict-item] # YAML
    (chart,) = documents((CHART / "Chart.yaml").read_text())
    context = {
        "Values": values,
        "Release": {"Name": "city", "Service": "Helm"},
        "Chart": {"AppVersion": chart["appVersion"]},
    }
    files = []
    for template in TEMPLATES:
        files.append(str(folder / template.name))
        Path(files[-1]).write_text((CHART / "templates/_pod.tpl").read_text() + template.read_text())
    done = subprocess.run(
        [sys.executable, "-c", RENDER, *files],
        input=json.dumps(context).encode(),
        capture_output=True,
        check=False,
    )
    text = (done.stdout + done.stderr).decode()
    if done.returncode or "template failed" in text:
        raise NotRendered(text)
    return documents(done.stdout.decode())


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> list[Resource]:
    return rendered(tmp_path_factory.mktemp("chart"), NEEDED)


def of_kind(resources: list[Resource], *kinds: str) -> dict[str, Resource]:
    return {one["metadata"]["name"]: one for one in resources if one["kind"] in kinds}


def pods(resources: list[Resource]) -> Iterator[tuple[str, Resource, Resource]]:
    """Each workload's name, its pod and its one container."""
    for name, one in of_kind(resources, "Deployment", "Job").items():
        pod = one["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        yield name, pod, container


def test_the_chart_makes_what_was_asked_for(resources: list[Resource]) -> None:
    """Engine, gateway, two jobs, budgets, policy, scaling, a door; each with an API version and our labels."""
    assert {(one["kind"], one["metadata"]["name"]) for one in resources} == {
        ("Deployment", "city-engine"),
        ("Deployment", "city-gateway"),
        ("Service", "city-gateway"),
        ("Ingress", "city-gateway"),
        ("PodDisruptionBudget", "city-engine"),
        ("PodDisruptionBudget", "city-gateway"),
        ("Job", "city-migrations"),
        ("Job", "city-topics"),
        ("NetworkPolicy", "city"),
        ("ScaledObject", "city-engine"),
    }
    assert all(one["apiVersion"] for one in resources)
    assert {one["metadata"]["labels"]["app.kubernetes.io/name"] for one in resources} == {"fenghuo"}


def test_the_program_starts_so(resources: list[Resource], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every container's words are a command, its variables are settings, and they are good in production."""
    for name, _, container in pods(resources):
        assert why_no_command(container["args"]) is None, name
        given = {one["name"]: str(one.get("value", "")) for one in container["env"]}
        assert unknown_settings(given) == [], name
        # The line's files are the cluster's: here they are not, and are looked at where they are mounted.
        plain = {n: v for n, v in given.items() if v and n != "FENGHUO_KAFKA_CA_FILE"}
        settings = run_with({**plain, **SECRET, "FENGHUO_KAFKA_PASSWORD": "x"}, monkeypatch)
        assert settings.profile is Profile.PRODUCTION
        assert settings.role is (Role.GATEWAY if name == "city-gateway" else Role.ENGINE), name
        mounted = [one["mountPath"] for one in container["volumeMounts"]]
        for variable in ("FENGHUO_SIGNING_KEYS", "FENGHUO_KAFKA_CA_FILE"):
            assert any(given[variable].startswith(f"{path}/") for path in mounted), (name, variable)


def test_secrets_are_named_and_never_written(resources: list[Resource]) -> None:
    """Whatever is secret comes from the Secret by reference, in every container."""
    for name, _, container in pods(resources):
        by_name = {one["name"]: one for one in container["env"]}
        for secret in (*SECRET, "FENGHUO_KAFKA_PASSWORD"):
            assert "value" not in by_name[secret], name
            assert by_name[secret]["valueFrom"]["secretKeyRef"]["name"] == "fenghuo", name


def test_pods_may_do_nothing_but_their_work(resources: list[Resource]) -> None:
    """No root, no write to the root, no capability, no token of the cluster; the volumes that are mounted exist."""
    for name, pod, container in pods(resources):
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["runAsUser"] == 10001, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert {one["name"] for one in container["volumeMounts"]} <= {one["name"] for one in pod["volumes"]}


def test_probes_ask_what_is_answered(resources: list[Resource]) -> None:
    """Each probe's path is a route and its port the container's; readiness is not asked whether it lives."""
    for deployment in of_kind(resources, "Deployment").values():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        (port,) = container["ports"]
        assert port == {"name": "http", "containerPort": 8600}
        paths = {
            kind: container[f"{kind}Probe"]["httpGet"]["path"]
            for kind in ("startup", "liveness", "readiness")
        }
        assert paths == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}
        assert set(paths.values()) <= routes()
        assert container["readinessProbe"]["httpGet"]["port"] == "http"


def test_each_part_is_somebody_else_to_kafka(resources: list[Resource]) -> None:
    """Engine and gateway have the names to which the catalogue of rights gives theirs, each its own password."""
    who, passwords = dict[str, str](), dict[str, str]()
    for name, _, container in pods(resources):
        by_name = {one["name"]: one for one in container["env"]}
        who[name] = by_name["FENGHUO_KAFKA_USER"]["value"]
        passwords[name] = by_name["FENGHUO_KAFKA_PASSWORD"]["valueFrom"]["secretKeyRef"]["key"]
    with (DEPLOY / "kafka/acls.csv").open(encoding="utf-8") as rights:
        principals = {row["scope"]: row["principal"] for row in csv.DictReader(rights)}
    assert who == {
        "city-engine": principals["engine"],
        "city-gateway": principals["gateway"],
        "city-migrations": "fenghuo-topics",
        "city-topics": "fenghuo-topics",
    }
    assert len(set(passwords.values())) == len(set(who.values()))


def test_what_selects_pods_finds_them(resources: list[Resource]) -> None:
    """Deployments, budgets, the service and the policy select labels that the pods have; lag scales the engine."""
    deployments = of_kind(resources, "Deployment")
    labels = {name: one["spec"]["template"]["metadata"]["labels"] for name, one in deployments.items()}

    def selected(selector: dict[str, str]) -> set[str]:
        return {name for name, have in labels.items() if selector.items() <= have.items()}

    for kind in ("Deployment", "PodDisruptionBudget"):
        for name, one in of_kind(resources, kind).items():
            assert selected(one["spec"]["selector"]["matchLabels"]) == {name}
    assert selected(of_kind(resources, "Service")["city-gateway"]["spec"]["selector"]) == {"city-gateway"}
    policy = of_kind(resources, "NetworkPolicy")["city"]["spec"]
    assert selected(policy["podSelector"]["matchLabels"]) == set(deployments)
    assert policy["ingress"][0]["ports"] == [{"port": 8600, "protocol": "TCP"}]
    scaled = of_kind(resources, "ScaledObject")["city-engine"]["spec"]
    assert scaled["scaleTargetRef"]["name"] in deployments
    assert {one["metadata"]["topic"] for one in scaled["triggers"]} <= set(Topic)
    assert scaled["triggers"][0]["metadata"]["bootstrapServers"] == "kafka-1:9093,kafka-2:9093"
    assert "replicas" not in deployments["city-engine"]["spec"]


@pytest.mark.parametrize(
    ("part", "empty", "sentence"),
    [
        ("kafka", {"url": ""}, "kafka.url is needed"),
        ("trustedProxies", "", "trustedProxies is needed"),
        ("kafka", {"users": {"engine": "e", "topics": "t", "gateway": ""}}, "kafka.users.gateway is needed"),
        ("attachments", {"url": ""}, "attachments.url or attachments.claim is needed"),
    ],
)
def test_what_is_needed_is_asked_for(tmp_path: Path, part: str, empty: object, sentence: str) -> None:
    """Without it the chart is not rendered, and says which value it wants."""
    changes: dict[str, Any] = deepcopy(NEEDED)
    changes[part] = {**changes[part], **empty} if isinstance(empty, dict) else empty
    with pytest.raises(NotRendered, match=sentence):
        rendered(tmp_path, changes)


def test_every_value_is_used() -> None:
    """No value stands in the chart that changes nothing."""
    (values,) = documents((CHART / "values.yaml").read_text())
    texts = "".join(path.read_text() for path in (CHART / "templates").iterdir())
    names = [
        f"{name}.{inner}" if isinstance(value, dict) and name != "settings" else name
        for name, value in values.items()
        for inner in (value if isinstance(value, dict) and name != "settings" else [""])
    ]
    assert [name for name in names if f".Values.{name}" not in texts] == []
