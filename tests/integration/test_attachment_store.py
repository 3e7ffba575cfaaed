"""Where pictures lie: the same promises in a folder and in a store that speaks S3 (ours, on this machine)."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from streams.attachments.store import AttachmentStore, StoreAway, digest_of, open_store
from streams.store import attachments
from streams.store.attachments import KeptAttachment
from streams.store.database import Database
from streams.sweepers.attachments import AttachmentSweep
from tests.fakes.clock import NOON, ManualClock
from tests.s3 import Bucket, s3_bucket

CONTENT = bytes(range(256)) * 8_192  # 2 MB: several pieces
NOTHING = f"sha256:{'0' * 64}"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with s3_bucket() as opened:
        for name, value in {
            "AWS_ENDPOINT_URL": opened.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "of-tests",
            "AWS_SECRET_ACCESS_KEY": "opens-nothing",
            "AWS_REGION": "cn-test-1",
        }.items():
            monkeypatch.setenv(name, value)
        yield opened


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> AttachmentStore:
    if request.param == "folder":
        return open_store(None, tmp_path)
    request.getfixturevalue("bucket")
    return open_store("s3://pictures/city/one", tmp_path)


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def read(store: AttachmentStore, digest: str) -> bytes | None:
    pieces = await store.read(digest)
    return None if pieces is None else b"".join([piece async for piece in pieces])


async def test_what_is_put_is_there_once(store: AttachmentStore) -> None:
    """Put twice it is one file, read whole, and gone when it is removed, which may be said twice as well."""
    content = io.BytesIO(CONTENT)
    digest = digest_of(content)
    assert (await store.size_bytes(digest), await read(store, digest)) == (None, None)
    await store.put(digest, content)
    await store.put(digest, content)
    assert await store.size_bytes(digest) == len(CONTENT)
    assert await read(store, digest) == CONTENT
    assert (await store.is_whole(digest), await store.is_whole(NOTHING)) == (True, False)
    await store.remove(digest)
    await store.remove(digest)
    assert await read(store, digest) is None


async def test_a_file_that_was_changed_is_not_whole(store: AttachmentStore) -> None:
    """Its bytes are asked, not its name."""
    await store.put(NOTHING, io.BytesIO(b"something else"))
    assert not await store.is_whole(NOTHING)


@pytest.mark.parametrize(
    "name", ["../fenghuo.db", "sha256:..", "sha256:" + "g" * 64, "", NOTHING + "/x", NOTHING + "\n"]
)
async def test_no_path_is_made_of_what_is_no_digest(store: AttachmentStore, name: str) -> None:
    """A defect of ours, and nothing was read or written."""
    for asked in (
        store.size_bytes(name),
        store.read(name),
        store.remove(name),
        store.put(name, io.BytesIO(b"")),
    ):
        with pytest.raises(ValueError, match="digest"):
            await asked


async def test_a_folder_holds_nothing_but_whole_files(tmp_path: Path) -> None:
    """Named by the digest alone, in the data folder; no piece of a file is left beside it."""
    store = open_store(None, tmp_path)
    await store.put(NOTHING, io.BytesIO(CONTENT))
    assert files_in(tmp_path / "attachments") == ["0" * 64]


async def test_a_bucket_is_asked_under_its_prefix(bucket: Bucket, tmp_path: Path) -> None:
    """One put in one piece, by the variables that everybody knows, and nothing in the data folder."""
    store = open_store("s3://pictures/city/one", tmp_path)
    await store.put(NOTHING, io.BytesIO(CONTENT))
    assert bucket.asked == [f"PUT /pictures/city/one/{'0' * 64}"]
    assert list(bucket.objects.values()) == [CONTENT]
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("status", [403, 400])
async def test_a_store_that_does_not_let_us_in_is_away(bucket: Bucket, tmp_path: Path, status: int) -> None:
    """Whatever it says, we try again later, and repeat nothing of its words."""
    store = open_store("s3://pictures/city", tmp_path)
    bucket.fails_with = status
    for asked in (
        store.put(NOTHING, io.BytesIO(CONTENT)),
        store.size_bytes(NOTHING),
        store.read(NOTHING),
        store.remove(NOTHING),
    ):
        with pytest.raises(StoreAway, match=r"^attachments: \w+$"):
            await asked


async def test_a_full_folder_is_away(tmp_path: Path) -> None:
    """What cannot be written is not there, and the sender is asked to come again."""
    store = open_store(None, tmp_path)
    (tmp_path / "attachments").rmdir()
    (tmp_path / "attachments").write_text("no folder any more")
    with pytest.raises(StoreAway):
        await store.put(NOTHING, io.BytesIO(CONTENT))


async def test_the_sweeper_removes_rows_and_files_of_what_nobody_names(
    database: Database, store: AttachmentStore
) -> None:
    """A week old and unnamed: both go, and the next sweep finds nothing to do."""
    old, fresh = (f"sha256:{digit * 64}" for digit in "12")
    for digest, days_ago in ((old, 8), (fresh, 6)):
        async with database.write() as connection:
            kept = KeptAttachment(digest, "image/jpeg", 9, 1, 1)
            await attachments.keep(connection, kept, "wang", NOON - timedelta(days=days_ago))
        await store.put(digest, io.BytesIO(b"a picture"))
    sweep = AttachmentSweep(database, store, ManualClock(), timedelta(days=7))
    assert (await sweep(), await sweep()) == (1, 0)
    assert (await store.size_bytes(old), await store.size_bytes(fresh)) == (None, 9)


async def test_a_store_that_is_away_keeps_the_row(database: Database, bucket: Bucket, tmp_path: Path) -> None:
    """A file is never forgotten while it lies there: the sweep fails whole and comes again."""
    async with database.write() as connection:
        await attachments.keep(
            connection, KeptAttachment(NOTHING, "image/jpeg", 9, 1, 1), "wang", NOON - timedelta(8)
        )
    store = open_store("s3://pictures", tmp_path)
    sweep = AttachmentSweep(database, store, ManualClock(), timedelta(days=7))
    bucket.fails_with = 403
    with pytest.raises(StoreAway):
        await sweep()
    bucket.fails_with = None
    assert await sweep() == 1
