"""One program and one browser for all tests of this layer; a fresh context and a watched console for each person."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from models.access import Someone
from tests.acceptance.program import Program
from tests.browser.people import keep_accounts, sign_in
from tests.servers import skip_unless_ci
from workflows.rulebook_file import default_rulebook_text

CHROMIUM = "/usr/bin/chromium"
# Root in a container has neither a sandbox nor much shared memory; the pages are our own.
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
PATIENCE_MS = 60_000
PHONE = (390, 844)
DESK = (1366, 768)
WALL = (1920, 1080)

Enter = Callable[[Someone | None, tuple[int, int]], Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(240))


# Not for the session: while the driver lives its event loop counts as running, and no async test after it could run.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    expect.set_options(timeout=PATIENCE_MS)
    if shutil.which(CHROMIUM) is None:
        skip_unless_ci(f"no {CHROMIUM}; on Debian: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program in which nothing happens but what the tests do, with an account for everybody.

    Its tests share it, and tell of many fires in few places: its rulebook takes none of them for one event.
    """
    program = Program(tmp_path_factory.mktemp("browser"), simulate=False)
    rules = program.folder / "rules.toml"
    rules.write_bytes(_each_report_an_event(default_rulebook_text()))
    assert program.command("db", "upgrade").code == 0
    assert program.command("rulebook", "activate", str(rules)).code == 0
    program.start()
    program.await_ready(90)
    keep_accounts(program.database)
    yield program
    program.close()


def _each_report_an_event(rules: bytes) -> bytes:
    """These rules with likelihoods that no two reports reach."""
    for threshold in (b"same_at_least", b"merge_at_least", b"ask_at_least"):
        rules, times = re.subn(rb"(?m)^%b = [0-9.]+" % threshold, b"%b = 1.0" % threshold, rules)
        assert times == 1, threshold
    return rules


@pytest.fixture(scope="session")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go: the folder that ARTEFACTS names, which CI keeps, else one of the run's own."""
    folder = Path(os.environ.get("ARTEFACTS", tmp_path_factory.mktemp("artefacts")))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Whatever a page's console says is wrong, violations of the policy included; a test ends with none."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def enter(browser: Browser, program: Program, complaints: list[str]) -> Iterator[Enter]:
    """Opens a page as somebody: `enter(WORKER, PHONE)`. Each has a browser of their own, closed at the end."""
    contexts: list[BrowserContext] = []

    def _enter(someone: Someone | None, size: tuple[int, int]) -> Page:
        context = browser.new_context(
            base_url=program.url,
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _note(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if someone is not None:
            sign_in(page, someone)
        return page

    yield _enter
    for context in contexts:
        context.close()


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in ("error", "warning"):
        complaints.append(f"{message.page.url if message.page else ''}: {message.text}")
