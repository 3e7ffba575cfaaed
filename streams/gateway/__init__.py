"""The HTTP door: reports, decisions and feedback in, what the engine knows out. One file per resource.

It writes `intake` and `outbox` and nothing else; what a message leads to is the engine's business. Rules come from
`deploy/docs/contract.md`; every error is a problem (RFC 9457) that names the field.
"""
