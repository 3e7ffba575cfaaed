"""Without a line: pages that the browser kept open all the same, and what it kept is never older than it must be."""

import signal
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.acceptance.program import Program
from tests.browser.conftest import PHONE, Enter
from tests.browser.people import WORKER
from tests.browser.test_line import forgive_the_broken_line, incident_of, send, write

KEPT = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  const changed = () => new Promise((go) => active.addEventListener('statechange', go, { once: true }));
  while (active.state !== 'activated') await changed();
  return caches.keys();
}"""
SPOIL = """async ([cache, path]) => {
  const spoilt = new Response('<p>stale</p>', { headers: { 'Content-Type': 'text/html' } });
  await (await caches.open(cache)).put(path, spoilt);
}"""
PATHS = "async (name) => (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)"
AS_OF_BEFORE = """async () => {
  await (await navigator.serviceWorker.ready).unregister();
  await caches.open('fenghuo.shell.of-before');
}"""


def kept_shell(page: Page) -> str:
    """Waits until the pages are kept; the name they are kept under."""
    [name] = page.evaluate(KEPT)
    return str(name)


def test_the_report_page_opens_without_a_line(enter: Enter, program: Program, complaints: list[str]) -> None:
    """It opens, has the draft, takes a report, and sends it once when the line is back."""
    phone = enter(WORKER, PHONE)
    kept_shell(phone)
    words = f"电梯困人 {uuid4().hex[:6]}"
    write(phone, words)
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.locator("#connection")).to_have_text("连接中断")
    expect(phone.get_by_label("发生了什么")).to_have_value(words)
    expect(phone.locator("#me")).to_contain_text(WORKER.name)
    send(phone)
    expect(phone.locator("#sent .state")).to_contain_text("待发送")
    phone.reload()
    expect(phone.locator("#sent .state")).to_contain_text("待发送")
    phone.context.set_offline(False)
    expect(phone.locator("#sent .state")).to_contain_text("已送达")
    incident_of(program, words)
    forgive_the_broken_line(complaints)


def test_what_is_kept_never_hides_what_is_new(enter: Enter) -> None:
    """With a line the gateway's page is shown; what another version kept is forgotten; the API's is never kept."""
    phone = enter(None, PHONE)
    phone.goto("/sign-in")
    name = kept_shell(phone)
    phone.evaluate(SPOIL, [name, "/static/sign-in.html"])
    phone.reload()
    expect(phone.get_by_label("账号")).to_be_visible()
    paths = phone.evaluate(PATHS, name)
    assert "/static/report.html" in paths
    assert [path for path in paths if not path.startswith("/static/")] == []
    phone.evaluate(AS_OF_BEFORE)
    phone.reload()
    phone.wait_for_function("async () => (await caches.keys()).join() === " + repr(name))


def test_a_line_that_hangs_is_not_waited_for(enter: Enter, program: Program, complaints: list[str]) -> None:
    """A gateway that takes the request and says nothing holds no page up."""
    phone = enter(None, PHONE)
    phone.goto("/sign-in")
    kept_shell(phone)
    program.send(signal.SIGSTOP)
    try:
        phone.goto("/report", wait_until="commit")
        expect(phone.get_by_label("发生了什么")).to_be_visible()
    finally:
        program.send(signal.SIGCONT)
    program.await_ready(90)
    forgive_the_broken_line(complaints)


def test_a_page_stands_without_the_gateway_only_if_it_was_kept(enter: Enter, complaints: list[str]) -> None:
    """Of the pages each is kept; what is no page of ours is not made up."""
    phone = enter(None, PHONE)
    phone.goto("/sign-in")
    kept_shell(phone)
    phone.context.set_offline(True)
    phone.goto("/desk")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("处置工作台")
    assert phone.evaluate("() => fetch('/api/areas').then(() => 'answered', () => 'nobody')") == "nobody"
    forgive_the_broken_line(complaints)
