"""The setting of anchors: the second place where the heads of audit and log are written down (`streams.anchors`)."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings


class AnchorSettings(BaseSettings):
    """See deploy/docs/recovery.md, "A dropped end"."""

    anchor_file: Path | None = Field(
        None,
        description="file of anchors, where whoever keeps the database does not reach; embedded: in the data folder",
    )
