"""How far a group is behind, by the broker's own word."""

from streams.broker.lag import measure
from streams.broker.transport import TP
from tests.contract.transport.worker import Broker, commit, fill, new_group, new_topic

VALUES = [b"%d" % number for number in range(10)]


async def test_lag_is_what_was_not_committed(broker: Broker) -> None:
    """Who committed nothing is behind by all there is, then by what was left; a topic is its partitions' sum."""
    topic, other, group = await new_topic(broker.brokers, 2), await new_topic(broker.brokers), new_group()
    await commit(
        broker.brokers, group, {TP(topic, 0): 0}
    )  # so that the group has a coordinator, if it is the first
    await fill(broker.brokers, topic, VALUES[:-1], partitions=2)
    for value in (
        VALUES[-1],
        b"end",
    ):  # each a batch of its own: Tansu tells an end where its last batch begins
        await fill(broker.brokers, topic, [value], partitions=2)
    behind = await measure(broker.brokers, group, [topic, other, "there-is-no-such-topic"])
    whole = 2 * (len(VALUES) + 1)
    assert behind.keys() == {topic, other}
    assert behind[other] == 0
    assert behind[topic] == whole if broker.answers_at_once else 0 < behind[topic] <= whole
    await commit(broker.brokers, group, {TP(topic, 0): 4, TP(topic, 1): 7})
    assert (await measure(broker.brokers, group, [topic]))[topic] == behind[topic] - 11
