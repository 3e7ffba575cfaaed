"""The shape of the tree, held by tests: purity, sizes, names, and where certain things may stand.

Every file here has one checker, the table of its exemptions with their reasons, a test over the real tree, and a
test that the checker sees a planted violation. An exemption that nothing needs any more fails too.
Rules that ruff, mypy or import-linter can state live in pyproject.toml instead.
"""
