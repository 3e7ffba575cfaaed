"""Camera: one program and one browser, and pictures of its pages small enough to be kept beside the guide."""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from models.access import Someone
from tests.acceptance.program import Program
from tests.architecture.sources import ROOT
from tests.browser.conftest import CHROMIUM, PATIENCE_MS
from tests.browser.people import keep_accounts, sign_in

PICTURES = ROOT / "deploy" / "docs" / "zh" / "pictures"
MOST_BYTES = 200_000
SCREEN = (1280, 800)
_COLOURS = 256
# As tests/browser: root in a container has neither a sandbox nor much shared memory.
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
_SETTLED_MS = 600  # until what slides and fades has come to rest


@dataclass(slots=True)
class Camera:
    """Opens the pages of one program and takes the pictures that were asked for; others are passed over."""

    browser: Browser
    program: Program
    wanted: frozenset[str]
    taken: list[str] = field(default_factory=list)

    def enter(self, someone: Someone, size: tuple[int, int] = SCREEN) -> Page:
        """The page of this person's role, in a browser of their own."""
        context = self.browser.new_context(
            base_url=self.program.url,
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        sign_in(page, someone)
        return page

    def take(self, name: str, what: Page | Locator) -> None:
        """Keep a picture of the page as it is seen, or of one part of it. Raises AssertionError: it is too large."""
        if name not in self.wanted:
            return
        page = what if isinstance(what, Page) else what.page
        page.wait_for_timeout(_SETTLED_MS)
        content = shrunk(what.screenshot(animations="disabled"))
        assert len(content) < MOST_BYTES, f"{name}: {len(content)} bytes"
        PICTURES.mkdir(parents=True, exist_ok=True)
        (PICTURES / f"{name}.png").write_bytes(content)
        self.taken.append(name)


def shrunk(content: bytes) -> bytes:
    """The same picture in few colours, without anything written beside it.

    By a tree of eight: the median cut gives a legend's small yellow square the orange of a large area.
    """
    whole = Image.open(io.BytesIO(content)).convert("RGB")
    small = whole.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    kept = io.BytesIO()
    small.save(kept, "PNG", optimize=True)
    return kept.getvalue()


@contextmanager
def before(folder: Path, wanted: frozenset[str], **settings: object) -> Iterator[Camera]:
    """A camera before a program with these settings, which ends with it."""
    with ExitStack() as stack:
        program = Program(folder, **settings)
        stack.callback(program.close)
        program.start()
        program.await_ready(90)
        keep_accounts(program.database)
        driver = stack.enter_context(sync_playwright())
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        stack.callback(browser.close)
        yield Camera(browser, program, wanted)
