"""A keyring for tests: one key that speaks for everybody in the city. Its secret guards nothing."""

from models.access import Role
from models.areas import city_code
from streams.access.signing import Keyring, SigningKey

_SECRET = bytes.fromhex("a3f10c5de8824b97619df2047bc83e5518d06fa94e7321bb0c95d8462f1ae730")
CITY_KEY = SigningKey("the-city", _SECRET, city_code(), frozenset(Role))
KEYRING = Keyring((CITY_KEY,))
