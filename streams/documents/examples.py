"""examples/*.json: one example of each public message, as it lies on its topic, for people who copy and change it.

They are the catalogue's; a test reads each with the readers of the edge and with its schema.
"""

import json

from streams.documents.catalogue import MESSAGES
from streams.documents.schemas import file_name


def texts() -> dict[str, str]:
    """File name -> the example as JSON text: `report.json`, `public-warning.json`, ..."""
    return {
        file_name(message).replace(".schema.json", ".json"): json.dumps(
            message.example, ensure_ascii=False, indent=2
        )
        + "\n"
        for message in MESSAGES
    }
