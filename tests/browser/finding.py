"""Finding an incident on the screen as an officer does, by its words: a long lane draws only what is in sight.

Never in here: what is done with it once it is found.
"""

from playwright.sync_api import Locator, Page, expect


def card_of(page: Page, words: str) -> Locator:
    """Its card on the board, which shows nothing else from now on."""
    expect(page.locator("#connection")).to_have_text("实时在线")
    page.locator("#filter-text").fill(words)
    return page.locator("#lanes .card", has_text=words)


def opened(page: Page, words: str) -> Locator:
    """The panel of the incident that has these words for a title."""
    card_of(page, words).dispatch_event("click")
    panel = page.locator("#incident-body")
    expect(panel.locator("strong")).to_have_text(words)
    return panel
