"""The settings of traces: where spans go (`streams.tracing`)."""

from pydantic import Field
from pydantic_settings import BaseSettings


class TraceSettings(BaseSettings):
    """See deploy/docs/traces.md."""

    traces_endpoint: str = Field(
        "",
        pattern=r"^(?:|https?://[^\s/]+(?:/[^\s]*)?)$",
        description="an OpenTelemetry collector's OTLP/HTTP, as http://collector:4318; empty: no traces",
    )
    traces_ratio: float = Field(1.0, ge=0, le=1, description="share of the traces begun here that are kept")
