"""Commands of the kit: bytes as the engine would send them, under ids that show whose they are.

Made as JSON and not by the model, since some have what the model refuses. Never in here: which are sent, and when.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from models.messages.versions import SCHEMA_VERSION
from models.vocabulary import CommandKind
from streams.broker.publishing import Publication
from streams.conformance.cases import Case, Draft

# On every record of a kit: by it the next run knows that a topic held nothing else.
KIT_HEADER = "conformance"
_WHAT = "接口一致性测试，请勿出动。"
_DIGEST = "sha256:" + "0" * 64


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the kit: its id (8 characters), for which unit, on which topic, and how long an order may wait."""

    run_id: str
    unit_code: str
    topic: str
    acknowledge_seconds: float

    @property
    def another_unit(self) -> str:
        """A unit of the same area that this is not."""
        area_code, _, department = self.unit_code.partition(":")
        return f"{area_code}:{'fire' if department == 'police' else 'police'}"

    def command_id(self, case: Case, name: str) -> str:
        """The id of the command of this name."""
        return f"{self.incident_id(case)}-{name}"

    def incident_id(self, case: Case) -> str:
        """The incident of a case: no other has it."""
        return f"conformance-{self.run_id}-{case.rule}"

    def publication(self, case: Case, name: str, now: datetime) -> Publication:
        """The command of this name, issued now; a re-delivery is this record and a header, never a second call."""
        draft = case.drafts.get(name, Draft())
        command = self._command(case, name, draft, now)
        headers = (
            ("schema_version", str(command["schema_version"]).encode()),
            (KIT_HEADER, self.run_id.encode()),
            *draft.headers,
        )
        return Publication(self.topic, str(command["unit_code"]).encode(), orjson.dumps(command), headers)

    def _command(self, case: Case, name: str, draft: Draft, now: datetime) -> Mapping[str, object]:
        unit_code = self.another_unit if draft.is_to_another else self.unit_code
        allowed = self.acknowledge_seconds if draft.overdue_seconds is None else -draft.overdue_seconds
        issued_at = (
            now if draft.overdue_seconds is None else now - 2 * timedelta(seconds=draft.overdue_seconds)
        )
        exercise = draft.fields.get("exercise", True)
        kind = CommandKind.ORDER if draft.retracts is None else CommandKind.RETRACTION
        retracts = {} if draft.retracts is None else {"retracts": self.command_id(case, draft.retracts)}
        return {
            "schema_version": SCHEMA_VERSION,
            "command_id": self.command_id(case, name),
            "incident_id": self.incident_id(case),
            "kind": kind.value,
            **retracts,
            "unit_code": unit_code,
            "role": "lead",
            # One task for what a case is about; whatever is only sent beside it has its own.
            "task_id": f"conformance-{case.rule}"
            if name in case.drafts
            else f"conformance-{case.rule}-{name}",
            "text_zh": f"【{'演练' if exercise else '测试'}】{_WHAT}",
            "level": "IV",
            "category": "accident.fire",
            "area_code": unit_code.partition(":")[0],
            "verified": False,
            "attempt": 1,
            "released_by": "conformance",
            "issued_at": _rfc3339(issued_at),
            "acknowledge_by": _rfc3339(now + timedelta(seconds=allowed)),
            "exercise": True,
            "rulebook": _DIGEST,
            **draft.fields,
        }


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
