"""Which partition a key belongs to: murmur2 as Kafka's own Java client computes it, for every producer of ours.

Producers that are not ours (grid apps, units' systems) use Kafka's clients, so all of them agree on the partition
of a key, and the order of one key's messages holds whoever wrote them.
"""

from functools import lru_cache

from aiokafka.partitioner import murmur2

# aiokafka hashes in Python, about 5 us for a key of 25 bytes; keys repeat soon (areas, units, what happens now).
_REMEMBERED_KEYS = 4_096


@lru_cache(maxsize=_REMEMBERED_KEYS)
def partition_of(key: bytes, partitions: int) -> int:
    """Index of the key's partition among `partitions` (at least 1) of them."""
    # Java's ints are signed: its client clears the sign bit instead of taking the absolute value.
    return int(murmur2(key) & 0x7FFF_FFFF) % partitions
