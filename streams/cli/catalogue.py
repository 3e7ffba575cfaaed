"""Catalogue: what each command says of itself in a line, read from its source, since loading them all takes seconds.

Never in here: the commands, or which there are (that is the package's table).
"""

import ast
from pathlib import Path


def line_of(file: str, attribute: str) -> str:
    """The first paragraph of a command's docstring, or the help of a group. Raises LookupError: it has none."""
    source = Path(__file__).with_name(f"{file}.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        match node:
            case ast.FunctionDef(name=name) if name == attribute:
                return " ".join((ast.get_docstring(node) or "").partition("\n\n")[0].split())
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as made) if name == attribute:
                return _help_of(made)
    raise LookupError(f"streams/cli/{file}.py has no {attribute}")


def _help_of(made: ast.Call) -> str:
    for keyword in made.keywords:
        if keyword.arg == "help":
            return str(ast.literal_eval(keyword.value))
    raise LookupError(f"{ast.unparse(made)} has no help")
