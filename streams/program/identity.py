"""Identity: by what those who come are known, and how often they may come, as the settings say it."""

from streams.access.tokens import KeysUnreadable, Provider, Tokens
from streams.errors import SettingsRefused
from streams.gateway.rates import Limits
from streams.program import running
from streams.settings import Role, Settings


def token_of(settings: Settings) -> str:
    """The installation's own token: of the settings, else the one that the data folder keeps."""
    return (
        running.kept_token(settings.data_dir) if settings.token is None else settings.token.get_secret_value()
    )


def tokens_of(settings: Settings) -> Tokens | None:
    """The door for the identity provider's tokens, if there is a provider. Raises SettingsRefused: no usable keys."""
    issuer, audience, jwks = settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks
    if issuer is None or audience is None or jwks is None or settings.role is Role.ENGINE:
        return None
    try:
        return Tokens(Provider(issuer, audience, jwks))
    except KeysUnreadable as unreadable:
        raise SettingsRefused((f"FENGHUO_OIDC_JWKS: {unreadable}",)) from unreadable


def limits_of(settings: Settings) -> Limits:
    """How often in a minute."""
    return Limits(
        requests=settings.requests_per_minute,
        sign_ins=settings.sign_ins_per_minute,
        reports_of_reporter=settings.reporter_reports_per_minute,
    )
