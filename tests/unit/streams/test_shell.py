"""The worker that keeps the pages is bound to what the pages are."""

from pathlib import Path

import orjson

from streams.cockpit.pages import STATIC
from streams.cockpit.shell import PAGES, WORKER, worker


def shell_in(script: bytes) -> dict[str, object]:
    first = script.splitlines()[0]
    told: dict[str, object] = orjson.loads(first.removeprefix(b"self.SHELL = ").removesuffix(b";"))
    return told


def folder_with(folder: Path, script: str, page: str) -> Path:
    folder.mkdir()
    (folder / WORKER).write_text(script)
    (folder / "page.html").write_text(page)
    return folder


def test_another_content_is_another_version(tmp_path: Path) -> None:
    """A changed page or worker changes the version; the same content gives the same bytes."""
    scripts = [
        worker(folder_with(tmp_path / str(number), script, page))
        for number, (script, page) in enumerate((("w", "p"), ("w", "p"), ("w", "q"), ("v", "p")))
    ]
    assert scripts[0] == scripts[1]
    assert len({str(shell_in(script)["version"]) for script in scripts}) == 3


def test_all_pages_and_all_they_need_are_kept() -> None:
    """Every file but the worker, and for every page one of them."""
    shell = shell_in(worker(STATIC))
    below = {f"/static/{path.relative_to(STATIC).as_posix()}" for path in STATIC.rglob("*") if path.is_file()}
    files, pages = shell["files"], shell["pages"]
    assert isinstance(files, list)
    assert isinstance(pages, dict)
    assert set(files) == below - {f"/static/{WORKER}"}
    assert set(pages) == set(PAGES)
    assert set(pages.values()) <= below
