"""What a person may set, and what is refused before anything starts."""

from pathlib import Path

import pytest

from streams.errors import SettingsRefused
from streams.settings import Profile, Settings, example, load_settings
from tests.architecture.sources import ROOT

PRODUCTION = {
    "profile": "production",
    "broker_url": "kafka://kafka-1:9092,kafka-2:9092",
    "kafka_open": True,
    "database_url": "postgresql+asyncpg://fenghuo:hunter2@db/fenghuo",
    "token": "a-secret-of-our-own",
    "signing_keys": "/etc/fenghuo/keys.toml",
    "trusted_proxies": "10.0.0.5",
}


PROVIDER = {
    "oidc_issuer": "https://id.city.example",
    "oidc_audience": "fenghuo",
    "oidc_jwks": "/etc/fenghuo/jwks.json",
}


def refused(**overrides: object) -> tuple[str, ...]:
    with pytest.raises(SettingsRefused) as caught:
        load_settings(None, **overrides)
    return caught.value.problems


def test_the_embedded_profile_needs_no_setting() -> None:
    """With nothing set the program runs on its own broker and an SQLite file of the data folder."""
    settings = load_settings(None)
    assert (settings.profile, settings.has_own_broker, settings.brokers) == (Profile.EMBEDDED, True, "")
    assert settings.database == "sqlite+aiosqlite:///.fenghuo/fenghuo.db"
    assert settings.http_port == 8600


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable beats .env, the command line beats both, and what is not given leaves them alone."""
    env_file = tmp_path / ".env"
    env_file.write_text("FENGHUO_SEED=7\nFENGHUO_SPEED=10\nFENGHUO_HTTP_PORT=9000\n")
    monkeypatch.setenv("FENGHUO_SPEED", "20")
    settings = load_settings(env_file, http_port=9100, role=None)
    assert (settings.seed, settings.speed, settings.http_port) == (7, 20, 9100)


def test_a_whole_production_is_accepted() -> None:
    """Kafka, PostgreSQL and a secret of its own; session and heartbeat are those of a real broker."""
    settings = load_settings(None, **PRODUCTION)
    assert settings.brokers == "kafka-1:9092,kafka-2:9092"
    assert (settings.session_timeout_seconds, settings.heartbeat_seconds) == (10, 1)
    assert settings.fetch_max_wait_ms == 500


@pytest.mark.parametrize(
    ("overrides", "variable"),
    [
        ({"broker_url": "memory://"}, "FENGHUO_BROKER_URL"),
        ({"database_url": "sqlite+aiosqlite:///x.db"}, "FENGHUO_DATABASE_URL"),
        ({"token": None}, "FENGHUO_TOKEN"),
        ({"token": "change-me-change-me"}, "FENGHUO_TOKEN"),
        ({"token": "short"}, "FENGHUO_TOKEN"),
        ({"trusted_proxies": ""}, "FENGHUO_TRUSTED_PROXIES"),
        ({"trusted_proxies": "10.0.0.1/8"}, "FENGHUO_TRUSTED_PROXIES"),
        ({**PROVIDER, "oidc_issuer": "http://id.city.example"}, "FENGHUO_OIDC_ISSUER"),
        ({"signing_keys": None}, "FENGHUO_SIGNING_KEYS"),
        ({"trust_unsigned": True}, "FENGHUO_TRUST_UNSIGNED"),
        ({"speed": 2}, "FENGHUO_SPEED"),
        ({"role": "simulator"}, "FENGHUO_ROLE"),
        ({"heartbeat_seconds": 9}, "FENGHUO_HEARTBEAT_SECONDS"),
        ({"retry_budget_seconds": 500}, "FENGHUO_WATCHDOG_SECONDS"),
    ],
)
def test_production_refuses_what_loses_messages(overrides: dict[str, object], variable: str) -> None:
    """Each thing that production may not rest on is refused under the name of its variable."""
    problems = refused(**{**PRODUCTION, **overrides})
    assert [problem.split(":")[0] for problem in problems] == [variable]


def test_production_lets_people_in_by_a_proxy_or_a_provider() -> None:
    """Cookies need the proxy that ends https; tokens need the identity provider; an engine lets nobody in."""
    assert load_settings(None, **PRODUCTION).proxies == ("10.0.0.5",)
    closed = {**PRODUCTION, "trusted_proxies": ""}
    assert load_settings(None, **{**closed, **PROVIDER}).proxies == ()
    assert load_settings(None, **{**closed, "role": "engine"}).proxies == ()


def test_a_provider_is_named_whole_or_not_at_all() -> None:
    """Each of its three settings that is missing is told, in every profile."""
    assert [problem.split(":")[0] for problem in refused(oidc_issuer="https://id.city.example")] == [
        "FENGHUO_OIDC_AUDIENCE",
        "FENGHUO_OIDC_JWKS",
    ]


def test_all_problems_are_told_at_once() -> None:
    """Values that cannot be and values that do not fit the profile come in one report."""
    problems = refused(profile="production", http_port="x", seed=-1, speed=3)
    assert [problem.split(":")[0] for problem in problems] == [
        "FENGHUO_HTTP_PORT",
        "FENGHUO_SEED",
        "FENGHUO_BROKER_URL",
        "FENGHUO_DATABASE_URL",
        "FENGHUO_TOKEN",
        "FENGHUO_TRUSTED_PROXIES",
        "FENGHUO_SIGNING_KEYS",
        "FENGHUO_SPEED",
    ]


@pytest.mark.parametrize(
    ("overrides", "speed"),
    [
        ({}, 60),
        ({"speed": 1}, 1),
        ({"simulate": False}, 1),
        ({"simulate": "off"}, 1),
        ({"role": "engine"}, 1),
        ({"simulate": False, "speed": 10}, 10),
    ],
)
def test_time_runs_fast_only_where_traffic_is_played(overrides: dict[str, object], speed: float) -> None:
    """Without a word a second is a minute in the demonstration, and a second wherever real reports can come."""
    assert load_settings(None, **overrides).speed == speed


def test_only_one_process_can_scale_time() -> None:
    """An engine beside a gateway of its own cannot run at another pace than the wall."""
    (problem,) = refused(role="engine", speed=2)
    assert problem.startswith("FENGHUO_SPEED: ")


def test_secrets_are_shown_masked() -> None:
    """Neither the token nor the database's password is in what `config show` prints, nor in the repr."""
    settings = load_settings(None, **PRODUCTION)
    shown = settings.shown()
    assert shown["FENGHUO_TOKEN"] == "********"
    assert shown["FENGHUO_DATABASE_URL"] == "postgresql+asyncpg://fenghuo:***@db/fenghuo"
    assert "hunter2" not in f"{settings!r}{shown}"
    assert "secret-of-our-own" not in f"{settings!r}{shown}"


def test_the_example_lists_every_setting() -> None:
    """.env.example is what the model says: the same names, defaults and meanings."""
    assert (ROOT / ".env.example").read_text() == example()
    assert example().count("\n#FENGHUO_") == len(Settings.model_fields)


def test_the_example_as_it_stands_is_valid(tmp_path: Path) -> None:
    """A person who copies the example and removes every # gets the defaults."""
    lines = (line.removeprefix("#") for line in example().splitlines() if line.startswith("#FENGHUO_"))
    env_file = tmp_path / ".env"
    env_file.write_text("\n".join(lines))
    assert load_settings(env_file) == load_settings(None)
