"""The tables, one file per subject. Importing this package fills `metadata`.

A table model validates nothing: it is never the body of a request or message. Rows are written and read by
`streams.store` with Core statements.
"""

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

from models.tables.access import AccountRow, AuditRow, EntryLinkRow, ProposalRow, SessionRow
from models.tables.archives import ArchivedLogRow, ArchiveRow
from models.tables.attachments import AttachmentLinkRow, AttachmentRow, AttachmentUploaderRow
from models.tables.clock import ClockRow
from models.tables.commands import CommandRow
from models.tables.dead_letters import DeadLetterRow
from models.tables.deadlines import DeadlineRow
from models.tables.disagreements import DisagreementRow
from models.tables.events import EventRow
from models.tables.inbox import InboxRow
from models.tables.incidents import IncidentRow
from models.tables.intake import IntakeRow
from models.tables.leases import LeaseRow
from models.tables.outbox import OutboxRow
from models.tables.outcomes import OutcomeRow
from models.tables.producers import ApiKeyRow, NonceRow
from models.tables.progress import GapRow, ProgressRow
from models.tables.projections import ProjectionRow
from models.tables.reports import ReportRow
from models.tables.rulebooks import ActivationRow, RulebookRow

metadata: MetaData = SQLModel.metadata


def _table(model: type[SQLModel]) -> Table:
    return metadata.tables[str(model.__tablename__)]


ACCOUNTS = _table(AccountRow)
ACTIVATIONS = _table(ActivationRow)
API_KEYS = _table(ApiKeyRow)
ARCHIVED_LOGS = _table(ArchivedLogRow)
ARCHIVES = _table(ArchiveRow)
ATTACHMENT_LINKS = _table(AttachmentLinkRow)
ATTACHMENT_UPLOADERS = _table(AttachmentUploaderRow)
ATTACHMENTS = _table(AttachmentRow)
AUDIT = _table(AuditRow)
CLOCK = _table(ClockRow)
COMMANDS = _table(CommandRow)
DEAD_LETTERS = _table(DeadLetterRow)
DEADLINES = _table(DeadlineRow)
DISAGREEMENTS = _table(DisagreementRow)
ENTRY_LINKS = _table(EntryLinkRow)
EVENTS = _table(EventRow)
GAPS = _table(GapRow)
INBOX = _table(InboxRow)
INCIDENTS = _table(IncidentRow)
INTAKE = _table(IntakeRow)
LEASES = _table(LeaseRow)
NONCES = _table(NonceRow)
OUTBOX = _table(OutboxRow)
OUTCOMES = _table(OutcomeRow)
PROGRESS = _table(ProgressRow)
PROJECTIONS = _table(ProjectionRow)
PROPOSALS = _table(ProposalRow)
REPORTS = _table(ReportRow)
RULEBOOKS = _table(RulebookRow)
SESSIONS = _table(SessionRow)
