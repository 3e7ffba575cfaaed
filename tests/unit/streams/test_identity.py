"""How the settings become a door: with a provider or without, and not at all with keys that cannot be used."""

from pathlib import Path

import pytest

from models.access import Role as PersonRole
from models.access import Someone
from models.identifiers import AreaCode
from streams.errors import SettingsRefused
from streams.gateway.rates import Limits
from streams.program.identity import limits_of, tokens_of
from streams.settings import Role, load_settings
from tests.fakes.clock import NOON
from tests.fakes.provider import AUDIENCE, ISSUER, IdentityProvider, claims_of

WANG = Someone(person_id="wang", name="王值班", role=PersonRole.DUTY_OFFICER, area_code=AreaCode("500108"))
NAMED = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE}


def test_a_provider_in_the_settings_opens_the_door(tmp_path: Path) -> None:
    """Its tokens are understood; an engine without a gateway reads no keys."""
    provider = IdentityProvider(tmp_path)
    settings = load_settings(None, oidc_jwks=provider.jwks, **NAMED)
    tokens = tokens_of(settings)
    assert tokens is not None
    assert tokens.someone_of(provider.issue(claims_of(WANG, NOON)), NOON) == WANG
    assert tokens_of(settings.model_copy(update={"role": Role.ENGINE})) is None


def test_without_a_provider_there_is_no_such_door() -> None:
    """The embedded profile has accounts and a link."""
    assert tokens_of(load_settings(None)) is None


@pytest.mark.parametrize("text", [None, "", "{}", '{"keys": []}'])
def test_keys_that_cannot_be_used_stop_the_program(tmp_path: Path, text: str | None) -> None:
    """The setting is named; starting again does not help."""
    path = tmp_path / "jwks.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SettingsRefused) as refused:
        tokens_of(load_settings(None, oidc_jwks=path, **NAMED))
    assert refused.value.problems[0].startswith("FENGHUO_OIDC_JWKS: ")


def test_the_limits_are_those_of_the_settings() -> None:
    """By default, and as they are set."""
    assert limits_of(load_settings(None)) == Limits()
    changed = load_settings(None, requests_per_minute=7, sign_ins_per_minute=8, reporter_reports_per_minute=9)
    assert limits_of(changed) == Limits(requests=7, sign_ins=8, reports_of_reporter=9)
