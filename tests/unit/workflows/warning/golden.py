"""Golden messages: one per colour and message type, both renderings. Run as a module, it writes them again."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import orjson

from models.vocabulary import WarningColour
from tests.unit.workflows.warning.chains import chain_of
from workflows.judgement.warning.national import national_form

FOLDER = Path(__file__).parent / "data" / "golden"


def goldens() -> Iterator[tuple[str, str]]:
    """File name and text of each."""
    for colour in WarningColour:
        for warning in chain_of(colour):
            name = f"{colour.value}-{warning.message_type.value}"
            assert warning.cap_xml is not None
            yield f"{name}.xml", warning.cap_xml + "\n"
            message = warning.model_dump(mode="json", exclude={"cap_xml"})
            both = {"message": message, "national_form": asdict(national_form(warning))}
            yield f"{name}.json", orjson.dumps(both, option=orjson.OPT_INDENT_2).decode() + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file_name, text in goldens():
        (FOLDER / file_name).write_text(text, encoding="utf-8")
