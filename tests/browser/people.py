"""People: the accounts of the story, kept in the database of a running program, and how each signs in.

Never in here: what anybody does once inside.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page

from models.access import Role, Someone
from models.identifiers import AreaCode, UnitCode
from streams.access.accounts import keep_account
from streams.store.database import Database

PASSWORD = "chuan-jiang-hao-zi"
OFFICER = Someone(person_id="officer", name="王建国", role=Role.DUTY_OFFICER, area_code=AreaCode("500000"))
COMMANDER = Someone(person_id="commander", name="赵立新", role=Role.COMMANDER, area_code=AreaCode("500000"))
WORKER = Someone(person_id="worker", name="李小兰", role=Role.GRID_WORKER, area_code=AreaCode("500108001"))
FIREFIGHTER = Someone(
    person_id="firefighter",
    name="陈勇",
    role=Role.UNIT,
    area_code=AreaCode("500108"),
    unit_code=UnitCode("500108:fire"),
)
AUDITOR = Someone(person_id="auditor", name="钱秀英", role=Role.AUDITOR, area_code=AreaCode("500000"))
ADMINISTRATOR = Someone(
    person_id="administrator", name="周敏", role=Role.ADMINISTRATOR, area_code=AreaCode("500000")
)
PAGES = {
    OFFICER.person_id: "/",
    COMMANDER.person_id: "/",
    WORKER.person_id: "/report",
    FIREFIGHTER.person_id: "/desk",
    AUDITOR.person_id: "/audit",
    ADMINISTRATOR.person_id: "/",
}


def keep_accounts(database: Path) -> None:
    """Give everybody an account with the password."""
    # In a thread: the browser's driver has a loop of its own in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, _keep(f"sqlite+aiosqlite:///{database}")).result()


async def _keep(url: str) -> None:
    database = Database(url)
    try:
        async with database.write() as connection:
            for someone in (OFFICER, COMMANDER, WORKER, FIREFIGHTER, AUDITOR, ADMINISTRATOR):
                await keep_account(connection, someone, PASSWORD, datetime.now(UTC))
    finally:
        await database.close()


def sign_in(page: Page, someone: Someone) -> None:
    """By name and password, as anybody does; ends on the page of the role."""
    page.goto("/sign-in")
    page.get_by_label("账号").fill(someone.person_id)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"**{PAGES[someone.person_id]}")
