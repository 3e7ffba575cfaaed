"""Photographs at the door: what is taken in and what is not, who may see one, and how it is served."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from models.access import Role, Someone
from models.identifiers import AreaCode, UnitCode
from models.tables import AUDIT
from streams.access.accounts import keep_account
from streams.access.sessions import open_session
from streams.attachments.store import open_store
from streams.attachments.taking_in import AttachmentDesk
from streams.gateway.security import SESSION_COOKIE
from tests import pictures
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import TOWNSHIP, Body, feedback, report
from tests.integration.gateway.conftest import TOKEN, Gateway, client_of

ON_BOTH_DATABASES = True

PATH = "/api/attachments"
JPEG = {"Content-Type": "image/jpeg"}
SMALL = 4_096
UNKNOWN = f"sha256:{'0' * 64}"


async def hand_in(
    gateway: Gateway, content: bytes = pictures.jpeg(), headers: Mapping[str, str] = JPEG
) -> Body:
    token = None if "Cookie" in headers else TOKEN
    async with client_of(gateway.services, token) as client:
        answer = await client.post(PATH, content=content, headers={**JPEG, **headers})
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


async def cookie_of(gateway: Gateway, name: str, role: Role, area: str) -> dict[str, str]:
    """Headers of somebody signed in with this role there; a unit is the fire brigade."""
    unit = UnitCode(f"{area}:fire") if role is Role.UNIT else None
    person = Someone(person_id=name, name="王", role=role, area_code=AreaCode(area), unit_code=unit)
    async with gateway.services.database.write() as connection:
        await keep_account(connection, person, None, NOON)
        cookie = await open_session(connection, name, gateway.clock.now())
    return {"Cookie": f"{SESSION_COOKIE}={cookie}", "Sec-Fetch-Site": "same-origin"}


async def status_for(gateway: Gateway, digest: object, headers: dict[str, str]) -> int:
    async with client_of(gateway.services, token=None) as client:
        return (await client.get(f"{PATH}/{digest}", headers=headers)).status_code


def named(digest: object, name: str = "现场.jpg") -> list[Body]:
    return [{"digest": digest, "media_type": "image/jpeg", "name": name}]


async def test_a_photograph_is_kept_without_its_words_and_its_position_is_told(gateway: Gateway) -> None:
    """What is served afterwards has no position; the answer had it, and nothing keeps it."""
    told = await hand_in(gateway, pictures.talkative()["image/jpeg"])
    assert told | {"digest": "", "size_bytes": 0} == {
        "digest": "",
        "media_type": "image/jpeg",
        "size_bytes": 0,
        "width_pixels": 96,
        "height_pixels": 64,
        "position": {"lon": pictures.LON, "lat": pictures.LAT, "crs": "WGS84"},
    }
    served = await gateway.client.get(f"{PATH}/{told['digest']}")
    assert len(served.content) == told["size_bytes"]
    assert pictures.SECRET.encode() not in served.content
    assert dict(pictures.opened(served.content).getexif()) == {}
    again = await hand_in(gateway, served.content)
    assert (again["position"], again["media_type"]) == (None, "image/jpeg")


async def test_the_same_photograph_twice_is_one(gateway: Gateway) -> None:
    """Answered alike; each who handed it in stands in the audit once."""
    first, second = await hand_in(gateway), await hand_in(gateway)
    assert first == second
    wang = await cookie_of(gateway, "wang", Role.GRID_WORKER, TOWNSHIP)
    assert await hand_in(gateway, headers=wang) == first
    async with gateway.services.database.read() as connection:
        rows = await connection.execute(select(AUDIT.c.person_id, AUDIT.c.subject).order_by(AUDIT.c.seq))
        told = [(row.person_id, row.subject) for row in rows]
    assert told == [("the installation", first["digest"]), ("wang", first["digest"])]


async def test_it_is_served_as_a_picture_and_nothing_else(gateway: Gateway) -> None:
    """By its bytes whatever was said of them, in a sandbox, under a name of ours, and once."""
    told = await hand_in(gateway, pictures.png(), {"Content-Type": "image/svg+xml; charset=utf-8"})
    served = await gateway.client.get(f"{PATH}/{told['digest']}", headers={"Accept-Encoding": "gzip"})
    hexadecimal = str(told["digest"]).removeprefix("sha256:")
    wanted = {
        "Content-Type": "image/png",
        "Content-Length": str(told["size_bytes"]),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'inline; filename="{hexadecimal[:12]}.png"',
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
        "ETag": f'"{hexadecimal}"',
    }
    assert {name: served.headers.get(name) for name in wanted} == wanted
    asked_again = {"If-None-Match": served.headers["ETag"]}
    known = await gateway.client.get(f"{PATH}/{told['digest']}", headers=asked_again)
    assert (known.status_code, known.content) == (304, b"")


REFUSED: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "nothing": (b"", JPEG, 415, "unsupported_media_type"),
    "words": (b"there is a fire", JPEG, 415, "unsupported_media_type"),
    "a page called a picture": (pictures.HTML, JPEG, 415, "unsupported_media_type"),
    "SVG": (pictures.SVG, {"Content-Type": "image/svg+xml"}, 415, "unsupported_media_type"),
    "HEIC": (pictures.HEIC, {"Content-Type": "image/heic"}, 415, "unsupported_media_type"),
    "GIF": (pictures.GIF, {"Content-Type": "image/gif"}, 415, "unsupported_media_type"),
    "a picture called JSON": (
        pictures.jpeg(),
        {"Content-Type": "application/json"},
        415,
        "unsupported_media_type",
    ),
    "a picture called nothing": (pictures.jpeg(), {"Content-Type": ""}, 415, "unsupported_media_type"),
    "packed": (pictures.jpeg(), {**JPEG, "Content-Encoding": "gzip"}, 415, "unsupported_media_type"),
    "cut short": (pictures.jpeg()[:-300], JPEG, 422, "invalid"),
    "a bomb": (pictures.png_claiming(50_000, 50_000), JPEG, 413, "oversized"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_no_photograph_is_refused(gateway: Gateway, case: str) -> None:
    """With a status and a code for programs, and words that say what would be taken."""
    content, headers, status, code = REFUSED[case]
    answer = await gateway.client.post(PATH, content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    async with gateway.services.database.read() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM attachments")).scalar() == 0


@pytest.fixture
async def narrow(gateway: Gateway, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway that takes no more than 4 KB, into a folder."""
    services = replace(
        gateway.services, attachments=AttachmentDesk(open_store(None, tmp_path), max_bytes=SMALL)
    )
    async with client_of(services) as client:
        yield replace(gateway, services=services, client=client)


async def in_pieces(content: bytes, *, told: list[int]) -> AsyncIterator[bytes]:
    """A body without a length; `told` learns how many pieces were asked for."""
    for at in range(0, len(content), 512):
        told.append(at)
        yield content[at : at + 512]


def padded(size: int) -> bytes:
    """A whole picture with a tail that makes it this large."""
    whole = pictures.jpeg()
    return whole + bytes(size - len(whole))


async def test_the_limit_is_counted_to_the_byte(narrow: Gateway) -> None:
    """As much as is taken is taken; one byte more is not, announced or in pieces, and the rest is not waited for."""
    assert len(pictures.jpeg()) < SMALL
    assert (await narrow.client.post(PATH, content=padded(SMALL), headers=JPEG)).status_code == 200
    announced = await narrow.client.post(PATH, content=padded(SMALL + 1), headers=JPEG)
    told: list[int] = []
    unannounced = await narrow.client.post(
        PATH, content=in_pieces(bytes(100 * SMALL), told=told), headers=JPEG
    )
    for answer in (announced, unannounced):
        assert (answer.status_code, answer.json()["code"]) == (413, "oversized")
        assert answer.headers["Connection"] == "close"
    assert len(told) <= SMALL // 512 + 2


async def test_pieces_make_a_photograph(narrow: Gateway) -> None:
    """A body without a length is a picture once it has come."""
    content = pictures.jpeg()
    answer = await narrow.client.post(PATH, content=in_pieces(content, told=[]), headers=JPEG)
    whole = await hand_in(narrow, content)
    assert answer.json() == whole


async def test_files_lie_under_their_digest_alone(narrow: Gateway, tmp_path: Path) -> None:
    """One file for the same picture twice, and nothing of what anybody called it."""
    told = [await hand_in(narrow), await hand_in(narrow)]
    [file] = list((tmp_path / "attachments").iterdir())
    assert {f"sha256:{file.name}"} == {str(one["digest"]) for one in told}


@pytest.mark.parametrize(
    "digest",
    [
        UNKNOWN,
        "sha256:../../../etc/passwd",
        "sha256:%2e%2e%2ffenghuo.db",
        "..%2f..%2ffenghuo.db",
        "fenghuo.db",
        "sha256:" + "A" * 64,
        "sha256:" + "0" * 63 + "%00",
        "md5:" + "0" * 64,
    ],
)
async def test_what_is_no_digest_is_not_found(narrow: Gateway, digest: str) -> None:
    """Whatever a path says, nothing but a digest reaches the store."""
    assert (await narrow.client.get(f"{PATH}/{digest}")).status_code == 404


@pytest.mark.parametrize(("method", "path"), [("PUT", PATH), ("GET", PATH), ("DELETE", f"{PATH}/{UNKNOWN}")])
async def test_nothing_else_can_be_done_with_it(gateway: Gateway, method: str, path: str) -> None:
    """It is handed in and shown; nobody lists, changes or removes one."""
    headers = {"Content-Type": "application/json"}
    assert (await gateway.client.request(method, path, headers=headers)).status_code == 405


async def test_who_reads_the_incident_sees_its_photographs(gateway: Gateway) -> None:
    """Desks of its area and above, and who handed it in; before it is named, nobody else at all."""
    worker = await cookie_of(gateway, "worker", Role.GRID_WORKER, TOWNSHIP)
    digest = (await hand_in(gateway, headers=worker))["digest"]
    people = {
        ("city", Role.DUTY_OFFICER): "500000",
        ("district", Role.COMMANDER): "500108",
        ("township", Role.DUTY_OFFICER): TOWNSHIP,
        ("looks on", Role.SUPERVISOR): "500108",
        ("sibling", Role.DUTY_OFFICER): "500108002",
        ("elsewhere", Role.COMMANDER): "500101",
        ("colleague", Role.GRID_WORKER): TOWNSHIP,
        ("brigade", Role.UNIT): TOWNSHIP,
        ("keeper", Role.ADMINISTRATOR): TOWNSHIP,
        ("reader", Role.AUDITOR): "500000",
    }
    cookies = {
        name: await cookie_of(gateway, name.replace(" ", "-"), role, area)
        for (name, role), area in people.items()
    }
    before = {name: await status_for(gateway, digest, cookie) for name, cookie in cookies.items()}
    assert set(before.values()) == {404}
    assert await status_for(gateway, digest, worker) == 200
    await gateway.client.post("/api/reports", json=report(attachments=named(digest)))
    await gateway.engine.settle()
    after = {name for name, cookie in cookies.items() if await status_for(gateway, digest, cookie) == 200}
    assert after == {"city", "district", "township", "looks on"}


async def test_a_unit_sees_what_it_showed_of_its_work(gateway: Gateway) -> None:
    """Its own feedback's, the desk's too, and no report's; another unit sees neither."""
    await gateway.client.post("/api/reports", json=report(urgent=True))
    await gateway.engine.settle()
    [incident] = (await gateway.client.get("/api/incidents")).json()["incidents"]
    commands = f"/api/incidents/{incident['incident_id']}/commands"
    [order] = [
        one["command"]
        for one in (await gateway.client.get(commands)).json()["commands"]
        if one["command"]["unit_code"] == f"{TOWNSHIP}:fire"
    ]
    digest = (await hand_in(gateway))["digest"]
    said = feedback(
        kind="done",
        incident_id=incident["incident_id"],
        unit_code=order["unit_code"],
        attachments=named(digest, "灭火.jpg") + named(UNKNOWN),
    )
    await gateway.client.post(f"/api/commands/{order['command_id']}/feedback", json=said)
    await gateway.engine.settle()
    shown = [
        {"digest": digest, "media_type": "image/jpeg", "name": "灭火.jpg", "is_kept": True},
        {"digest": UNKNOWN, "media_type": "image/jpeg", "name": "现场.jpg", "is_kept": False},
    ]
    for path in (commands, f"/api/units/{order['unit_code']}/commands"):
        held = (await gateway.client.get(path)).json()["commands"]
        assert [one["attachments"] for one in held if one["command"] == order] == [shown]
    for name, role, area, status in (
        ("brigade", Role.UNIT, TOWNSHIP, 200),
        ("desk", Role.DUTY_OFFICER, TOWNSHIP, 200),
        ("neighbours", Role.UNIT, "500108002", 404),
        ("above", Role.UNIT, "500108", 404),
    ):
        cookie = await cookie_of(gateway, name, role, area)
        assert await status_for(gateway, digest, cookie) == status, name


async def test_a_photograph_that_never_came_is_shown_as_missing(gateway: Gateway) -> None:
    """The report counts; the bus may be quicker than the upload, which may still come."""
    kept = await hand_in(gateway)
    attachments = named(UNKNOWN, "没传上.jpg") + named(kept["digest"])
    await gateway.client.post("/api/reports", json=report(attachments=attachments))
    await gateway.engine.settle()
    [incident] = (await gateway.client.get("/api/incidents")).json()["incidents"]
    page = (await gateway.client.get(f"/api/incidents/{incident['incident_id']}/reports")).json()
    [shown] = page["reports"]
    assert [(one["name"], one["is_kept"]) for one in shown["attachments"]] == [
        ("没传上.jpg", False),
        ("现场.jpg", True),
    ]
    assert (await gateway.client.get(f"{PATH}/{UNKNOWN}")).status_code == 404


async def test_a_full_house_asks_to_come_again(gateway: Gateway) -> None:
    """Who comes while as many are on their way as are taken waits outside, and nothing is read."""
    sending = gateway.services.attachments.sending
    for place in range(int(sending.total_tokens)):
        sending.acquire_on_behalf_of_nowait(place)
    answer = await gateway.client.post(PATH, content=pictures.jpeg(), headers=JPEG)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "1"
    sending.release_on_behalf_of(0)
    assert (await hand_in(gateway))["media_type"] == "image/jpeg"
