"""Bearers: whose word stands behind `Authorization: Bearer`, when it is not the installation's own token.

A producer's API key, or a token of the identity provider. A person whose account here is disabled is nobody, whatever
the provider still says of them; somebody without an account here is who the provider says.
"""

from models.access import Someone
from streams.access.accounts import account_of
from streams.access.api_keys import KEY_PREFIX, KeyRefused, holder_of
from streams.access.audit import SessionAct
from streams.access.tokens import TokenRefused, Tokens
from streams.gateway.auditing import at_the_door, record
from streams.gateway.callers import Caller
from streams.gateway.problems import too_many, unauthorized
from streams.gateway.rates import Rates
from streams.gateway.services import Services

_PARTS_OF_A_TOKEN = 3


async def whose_word(services: Services, rates: Rates, word: str) -> Caller | None:
    """Who brought this word; None when nobody knows it. Raises Problem (401) that says what is wrong with it."""
    if word.startswith(KEY_PREFIX):
        return await _of_key(services, word)
    if services.tokens is not None and word.count(".") == _PARTS_OF_A_TOKEN - 1:
        someone = _named_by(services.tokens, word, services)
        await _require_open(someone, services, rates)
        return Caller(someone)
    return None


async def _of_key(services: Services, word: str) -> Caller | None:
    async with services.database.read() as connection:
        try:
            holder = await holder_of(connection, word, services.wall.now())
        except KeyRefused as refused:
            raise unauthorized(str(refused)) from None
    return None if holder is None else Caller(holder)


def _named_by(tokens: Tokens, word: str, services: Services) -> Someone:
    try:
        return tokens.someone_of(word, services.wall.now())
    except TokenRefused as refused:
        raise unauthorized(f"the token is refused: {refused}") from None


async def _require_open(someone: Someone, services: Services, rates: Rates) -> None:
    async with services.database.read() as connection:
        account = await account_of(connection, someone.person_id)
    if account is None or not account.disabled:
        return
    if wait_seconds := rates.wait_of(Caller(someone)):
        raise too_many(wait_seconds)  # else whoever is out could fill the audit
    await record(at_the_door(someone, SessionAct.USE_TOKEN, services, is_allowed=False), services)
    raise unauthorized("this person's account is disabled")
