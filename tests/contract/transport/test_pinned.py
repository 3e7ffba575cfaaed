"""The fast lane stands on the insides of one version of Faust and aiokafka; this is the list of them.

A digest that differs says: the source is not the one that we read when we overrode it or leaned on it. Read what
changed, run the rest of this folder, then put the new digest here.
"""

import hashlib
import importlib.metadata
import inspect
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import faust
import pytest

from streams.broker.transport import UnsupportedFaust, pin, require_pinned_faust
from streams.broker.transport.app import FastLaneApp, NoTables
from streams.broker.transport.consumer import FastLaneConsumer
from streams.broker.transport.consumer_thread import FastLaneThread

# What ours replace.
OVERRIDDEN: dict[str, str] = {
    "faust.transport.consumer:Consumer.getmany": "4b168d84882a70d6",
    "faust.transport.consumer:Consumer.ack": "5fcf41cf45153475",
    "faust.transport.consumer:Consumer.perform_seek": "0e8c130ff4b0afd8",
    "faust.transport.consumer:Consumer.seek": "b86a9fe05f956b30",
    "faust.transport.consumer:Consumer.wait_empty": "e4662fe24f094819",
    "faust.transport.consumer:Consumer.force_commit": "cc094614d22c70fb",
    "faust.transport.consumer:Consumer.on_partitions_revoked": "d04b7ae72c6fc206",
    "faust.transport.consumer:Consumer.on_partitions_assigned": "29ce96596f05a18c",
    "faust.transport.consumer:Consumer.verify_event_path": "aead7dc3d8dc43fa",
    "faust.transport.drivers.aiokafka:Consumer._new_consumer_thread": "0870ec53dea75083",
    "faust.transport.drivers.aiokafka:AIOKafkaConsumerThread.__post_init__": "913dc7c0d9578e2d",
    "faust.transport.drivers.aiokafka:AIOKafkaConsumerThread._create_worker_consumer": "c2701bfc3e6f6cad",
    "faust.transport.drivers.aiokafka:AIOKafkaConsumerThread.on_start": "38b4e8bd1e10723a",
    "faust.transport.drivers.aiokafka:AIOKafkaConsumerThread.on_thread_stop": "8dfc004e258b6c25",
    "faust.transport.drivers.aiokafka:AIOKafkaConsumerThread._commit": "932852ce7a23f658",
    "faust.app.base:App._new_transport": "42db531312dd776f",
    "faust.tables.manager:TableManager.on_start": "365dd25fbc0e0684",
    "faust.app.base:App._create_directories": "a9f571c3b04abec3",
}

# What ours take for granted.
LEANED_ON: dict[str, str] = {
    "faust.transport.consumer:Consumer._drain_messages": "44a2500309e83c63",
    "faust.transport.consumer:Consumer.commit": "a354437baaa08bf8",
    "faust.transport.consumer:Consumer.maybe_wait_for_commit_to_finish": "d687f63a0b5ef0c5",
    "faust.transport.consumer:Consumer.stop_flow": "cf7e875a2b0d40e8",
    "faust.transport.consumer:Consumer.resume_flow": "db59630f25b5819b",
    "faust.transport.consumer:Consumer.on_stop": "45b1d2210ce2b526",
    "faust.transport.consumer:Fetcher": "c922e4ab78d9e296",
    "faust.transport.drivers.aiokafka:ConsumerRebalanceListener": "f3d04f29dfb3f716",
    "faust.transport.drivers.aiokafka:AIOKafkaConsumerThread._fetch_records": "39a2c6c79fc1455a",
    "faust.app.base:App._on_partitions_revoked": "d5c895bbe57dc73a",
    "faust.app.base:App._on_partitions_assigned": "de932b7927db85b3",
    "faust.app.base:App._stop_consumer": "55854a5de12c3f52",
    "faust.tables.manager:TableManager._update_channels": "88e3941facc934d6",
    "faust.agents.agent:Agent.stream": "31d17bc213150cf3",
    "faust.topics:Topic.__aiter__": "838623ae001ec5d1",
    "faust.tables.recovery:Recovery._resume_streams": "d986a6710c1aca98",
    "faust.tables.recovery:Recovery._wait": "ec7429b70176f8c6",
    "faust.agents.agent:Agent._execute_actor": "c750b828d2bda93e",
    "faust.streams:Stream.noack": "921a6f5c674d32d4",
    "faust.streams:Stream.events": "c62f4dd3a73fe7aa",
    "faust.streams:Stream._c_aiter": "fa44582a5882e9df",
    "faust.types.tuples:Message.ack": "4751b72c4ed84153",
    "faust.types.tuples:ConsumerMessage": "5edc45d571eb42a2",
    "mode.supervisors:CrashingSupervisor": "37e805f0af2149ce",
    "mode.threads:QueueServiceThread.call_thread": "479edda75b54734b",
    "mode.threads:MethodQueue._process_enqueued": "d88a086d148c8012",
    "mode.utils.queues:FlowControlEvent.resume": "4dcdc1253fd0dcb4",
    "mode.utils.queues:FlowControlQueue": "15f15a87fd6de428",
    "mode.utils.queues:ThrowableQueue": "44872deb65478e1f",
    "aiokafka.consumer.consumer:AIOKafkaConsumer.seek": "a9430f1f3b9ac419",
    "aiokafka.consumer.consumer:AIOKafkaConsumer.end_offsets": "f4b19078581881ba",
    "aiokafka.consumer.consumer:AIOKafkaConsumer.position": "2512259a90a2ebd7",
    "aiokafka.consumer.fetcher:FetchResult": "d7db13f06de8248c",
    "aiokafka.consumer.fetcher:Fetcher._get_actions_per_node": "1dab2cf937d165d0",
    "aiokafka.consumer.fetcher:Fetcher._proc_fetch_request": "59bf948fff47eed5",
    "aiokafka.consumer.fetcher:Fetcher._update_fetch_positions": "d7774d8241dc6a7e",
    "aiokafka.consumer.fetcher:Fetcher.fetched_records": "be4348896b9b66af",
    "aiokafka.consumer.consumer:AIOKafkaConsumer.stop": "bc5da9c98595299a",
    "aiokafka.consumer.fetcher:Fetcher.close": "1cd24bc1c442149e",
    "aiokafka.consumer.fetcher:Fetcher.seek_to": "f0ba6aba6c22ef83",
    "aiokafka.consumer.group_coordinator:GroupCoordinator._send_req": "fa4b12e914ce9fcf",
    "aiokafka.consumer.group_coordinator:GroupCoordinator._maybe_leave_group": "016cd88a16e6c4b5",
    "aiokafka.consumer.group_coordinator:GroupCoordinator.reset_generation": "537aa37c531b4de9",
    "aiokafka.consumer.group_coordinator:CoordinatorGroupRebalance.perform_group_join": "ff2c2109b2e9868d",
    "aiokafka.protocol.group:JoinGroupRequest": "61c9408bd354cef0",
    "aiokafka.protocol.group:LeaveGroupRequest": "48c67e6ea17ff277",
    "aiokafka.producer.producer:AIOKafkaProducer.send_batch": "bf42b0f0c5c0646d",
    "aiokafka.producer.message_accumulator:BatchBuilder": "8050802ca7514186",
    "aiokafka.producer.message_accumulator:MessageAccumulator.add_batch": "5ed1c5b1367ad854",
}

# The compiled parts, by the source that the wheel carries beside them.
COMPILED: dict[str, str] = {
    "_cython/streams.pyx": "0041622f4a251188",
    "transport/_cython/conductor.pyx": "dde1f974267881cf",
}


@pytest.mark.parametrize(("name", "digest"), [*OVERRIDDEN.items(), *LEANED_ON.items()])
def test_source_is_the_one_we_read(name: str, digest: str) -> None:
    """What we override or lean on is unchanged, letter by letter."""
    assert _digest(inspect.getsource(pkgutil.resolve_name(name)).encode()) == digest


@pytest.mark.parametrize(("path", "digest"), COMPILED.items())
def test_compiled_source_is_the_one_we_read(path: str, digest: str) -> None:
    """The compiled stream and conductor were made from the source that we know."""
    assert _digest((Path(faust.__file__).parent / path).read_bytes()) == digest


@pytest.mark.parametrize("ours", [FastLaneConsumer, FastLaneThread, FastLaneApp, NoTables])
def test_every_override_is_listed(ours: type) -> None:
    """A method of ours that replaces one of Faust's has its digest here, and every other has a name of its own."""
    replaced = {
        name
        for name, value in vars(ours).items()
        if inspect.isfunction(value)
        and name != "__init__"
        and any(hasattr(base, name) for base in ours.__bases__)
    }
    listed = {name.rpartition(".")[2] for name in OVERRIDDEN}
    assert replaced - listed == set()


def test_our_attributes_are_not_faust_s() -> None:
    """The state that our consumer adds collides with nothing that Faust's consumer keeps under the same name."""
    ours = {
        "tracker",
        "lane",
        "_epochs",
        "_epoch_numbers",
        "_waiting",
        "_stirred",
        "_ack_seen",
        "_looked_at_seconds",
    }
    theirs = {
        name
        for base in FastLaneConsumer.__mro__[1:]
        for name in [*vars(base), *inspect.get_annotations(base)]
    }
    assigned = inspect.getsource(sys.modules["faust.transport.consumer"])
    assert ours & theirs == set()
    assert [name for name in ours if f"self.{name} " in assigned] == []


def test_versions_are_the_pinned_ones() -> None:
    """The locks install what was read."""
    versions = {name: importlib.metadata.version(name) for name in ("faust-streaming", "aiokafka")}
    assert versions == {"faust-streaming": pin.FAUST_VERSION, "aiokafka": "0.14.0"}


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start with another Faust ends before anything is read."""
    monkeypatch.setattr(pin, "FAUST_VERSION", "0.15.4")
    with pytest.raises(UnsupportedFaust, match="0\\.15\\.4"):
        require_pinned_faust()


def test_plain_python_faust_is_refused() -> None:
    """Without the compiled stream, which would acknowledge what it skips, nothing starts."""
    start = "from streams.broker.transport import require_pinned_faust; require_pinned_faust()"
    outcome = subprocess.run(
        [sys.executable, "-c", start],
        env={**os.environ, "NO_CYTHON": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 1
    assert "UnsupportedFaust" in outcome.stderr
    assert "stream iterator, conductor" in outcome.stderr


def _digest(source: bytes) -> str:
    return hashlib.sha256(source).hexdigest()[:16]
