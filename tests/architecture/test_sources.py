"""The other tests of this folder look at the real tree: were it empty or not ours, they could not fail."""

from tests.architecture.sources import PACKAGES, functions, planted, project_files, sources


def test_the_project_is_found() -> None:
    """Files of every kind are listed; what .gitignore names, such as the environment, is not."""
    files = project_files()
    assert {"Makefile", "deploy/locks/run.lock", *(f"{package}/__init__.py" for package in PACKAGES)} <= set(
        files
    )
    assert not [path for path in files if path.startswith((".venv", ".git/")) or "__pycache__" in path]


def test_each_package_is_parsed() -> None:
    """Every package yields its own Python files, and none of another."""
    for package in PACKAGES:
        paths = {source.path for source in sources(package)}
        assert f"{package}/__init__.py" in paths
        assert {path.split("/")[0] for path in paths} == {package}


def test_functions_are_found_wherever_they_stand() -> None:
    """Methods, coroutines and functions inside others or under a condition carry their dotted name."""
    code = "class A:\n    async def b(self):\n        def c(): ...\nif x:\n    def d(): ..."
    assert [name for name, _ in functions(planted(code))] == ["A.b", "A.b.c", "d"]
