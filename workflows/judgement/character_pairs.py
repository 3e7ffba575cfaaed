"""Character pairs: how alike two texts are, by the pairs of neighbouring Chinese characters in them.

For: one feature of fusion among several. A text becomes a set of numbers, one for each pair that may tell one event
from another; pairs of everyday words and of the trade's own (起火, 现场, 伤亡) tell nothing and are left out. Of a long
text, or of many, only the pairs with the smallest numbers are kept: an even sample, the same whatever came first, so
that the sketch of several texts is that of their sketches. Must never enter: places, numbers and times, which are
features of their own. The lists of characters are ours.
"""

import re
from base64 import b64decode, b64encode
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

PAIRS_KEPT = 128
_BYTES = 3  # a number of 24 bits; two of a hundred thousand pairs that meet are rare and do no harm
_LARGEST = (1 << 8 * _BYTES) - 1
_FEWEST = 3  # pairs below which a share is chance
# Characters of grammar, counting, time and direction: a pair with one of them says nothing about the event.
IDLE = frozenset(
    "的了着过在是有和与及等被把将从向到为以于对因并而或但也都还又就已很更最这那此其该们个名人只不没无未"
    "一二三四五六七八九十两几多余约近百千万亿零年月日时分点钟今昨明天早中晚上下前后左右内外里间旁边附处"
    "我你他她它啊呀吧呢吗哦嘛哈咯嘞噻哟么得地之所可能会要请快来去说看见听让给用"
)


_OTHER_THAN_TELLING = re.compile(f"[^一-鿿]|[{''.join(sorted(IDLE))}]")


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of one or many texts. Those above `limit` were left out, so nobody knows whether they occur."""

    numbers: frozenset[int]
    ordered: tuple[int, ...]
    limit: int


def sketch_of(title: str, text: str) -> str:
    """The pairs of a title and a text as a short text of their numbers, no more than `PAIRS_KEPT` of them."""
    return _written({_number(pair) for part in (title, text) for pair in _pairs(part)})


@lru_cache(maxsize=4096)
def pairs_in(sketch: str) -> Pairs:
    """The pairs that a sketch holds."""
    raw = b64decode(sketch)
    numbers = tuple(int.from_bytes(raw[at : at + _BYTES], "big") for at in range(0, len(raw), _BYTES))
    return Pairs(frozenset(numbers), numbers, numbers[-1] if len(numbers) >= PAIRS_KEPT else _LARGEST)


def together(one: str, other: str) -> str:
    """The sketch of two sketches' texts together."""
    if not other or one == other:
        return one
    return _written(pairs_in(one).numbers | pairs_in(other).numbers)


def shared_ratio(one: Pairs, other: Pairs) -> float | None:
    """How much of the shorter text's pairs the longer one has, 0 to 1; None where either says too little.

    Only pairs that both sketches would have kept are counted, so that a sample is compared with a like sample.
    """
    limit = min(one.limit, other.limit)
    fewest = min(bisect_right(one.ordered, limit), bisect_right(other.ordered, limit))
    return len(one.numbers & other.numbers) / fewest if fewest >= _FEWEST else None


def _written(numbers: Iterable[int]) -> str:
    kept = sorted(numbers)[:PAIRS_KEPT]
    return b64encode(b"".join(number.to_bytes(_BYTES, "big") for number in kept)).decode()


def _pairs(part: str) -> Iterator[str]:
    for run in _OTHER_THAN_TELLING.sub(" ", part).split():
        for at in range(len(run) - 1):
            yield run[at : at + 2]


def _number(pair: str) -> int:
    return crc32(pair.encode()) & _LARGEST
