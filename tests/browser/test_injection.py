"""Markup, scripts and templates in every text that people can write: pages show it as text, and run none of it."""

from uuid import uuid4

from playwright.sync_api import Dialog, Page, Request, expect

from models.access import Someone
from tests.acceptance.program import Program
from tests.browser.by_hand import decide, report
from tests.browser.conftest import DESK, Enter
from tests.browser.finding import card_of
from tests.browser.people import AUDITOR, COMMANDER, FIREFIGHTER, OFFICER, WORKER

HOSTILE = (
    "\"'><script>alert(1)</script><img src=//elsewhere.invalid/x onerror=alert(1)>"
    "<svg onload=alert(1)></svg>{{7*7}}${7*7}javascript:alert(1)"
)
NAME = "<img src=//elsewhere.invalid/n onerror=alert(1)>"
PLANTED = "img[src*='elsewhere'], svg[onload], [onerror], #incident-body script, #owed script"


class Watched:
    """A page whose dialogs and requests are counted: both mean that something ran."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.dialogs: list[str] = []
        self.strangers: list[str] = []
        self._home = home
        page.on("dialog", self._heard)
        page.on("request", self._asked)

    def _heard(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self._home, "data:", "blob:")):
            self.strangers.append(request.url)

    def is_clean(self) -> None:
        """Nothing was asked, fetched from elsewhere or made of the texts."""
        self.page.wait_for_timeout(300)  # an image that fails needs a moment to call its handler
        assert (self.dialogs, self.strangers) == ([], [])
        expect(self.page.locator(PLANTED)).to_have_count(0)


def a_hostile_fire(program: Program) -> tuple[str, str]:
    """A fire all of whose words are hostile, under way, and the words by which it is known."""
    known_by = f"火{uuid4().hex[:6]}"
    incident_id = report(
        program,
        title=f"{known_by} {HOSTILE}",
        text=f"{known_by} {HOSTILE}",
        place=f"{known_by} {HOSTILE}"[:200],
        category="accident.fire",
        area_code="500108006",
        facts={"deaths": 12},
        contact={"name": NAME, "phone": "13800000000"},
        reporter_id="worker",
    )
    officer = {"id": "night-officer", "name": NAME}
    decide(program, incident_id, action="acknowledge", officer=officer)
    decide(program, incident_id, action="verify", verdict="true", reason=HOSTILE, officer=officer)
    decide(program, incident_id, action="release", officer=officer)
    answer_hostilely(program, incident_id)
    return incident_id, known_by


def answer_hostilely(program: Program, incident_id: str) -> None:
    """The unit's words about its first command, in person, with a note."""
    commands = program.http.get(f"/api/incidents/{incident_id}/commands").json()["commands"]
    command = next(one["command"] for one in commands if one["command"]["unit_code"] == "500108:fire")
    for kind in ("acknowledged", "progress"):
        body = {
            "schema_version": 1,
            "feedback_id": str(uuid4()),
            "incident_id": incident_id,
            "unit_code": command["unit_code"],
            "kind": kind,
            "person": {"name": NAME},
            "note": HOSTILE,
            "occurred_at": command["issued_at"],
        }
        answer = program.http.post(f"/api/commands/{command['command_id']}/feedback", json=body)
        assert answer.status_code in (200, 202), answer.text


def test_hostile_words_are_only_words_on_every_page(enter: Enter, program: Program) -> None:
    """No dialog, no request to anywhere else, no breach of the policy: the text stands there as it was written."""
    incident_id, known_by = a_hostile_fire(program)

    def opened(someone: Someone) -> Watched:
        return Watched(enter(someone, DESK), program.url)

    for someone in (OFFICER, COMMANDER):
        screen = opened(someone)
        card_of(screen.page, known_by).dispatch_event("click")
        body = screen.page.locator("#incident-body")
        expect(body.locator(".steps")).to_be_attached()
        expect(body).to_contain_text("<script>alert(1)</script>")
        expect(body).to_contain_text("{{7*7}}${7*7}")
        screen.is_clean()
    desk = opened(FIREFIGHTER)
    expect(desk.page.locator("#owed .command", has_text=known_by).first).to_contain_text("onerror=alert(1)")
    desk.is_clean()
    for someone in (WORKER, AUDITOR):
        other = opened(someone)
        other.page.reload()
        other.is_clean()
    assert program.http.get(f"/api/incidents/{incident_id}").status_code == 200
