"""The engine's part in the gateway's tests: what waits in the outbox goes through the core and the real store.

One message a transaction and no Kafka; the loop with its batches is tested elsewhere.
"""

from models.areas import area_tree
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.hand_over import HandOver
from models.messages.report import Report
from models.tables import INBOX, OUTBOX
from models.topics import STAGE_OF_HAND_OVER, Topic
from models.vocabulary import HandOverType
from sqlalchemy import Row, exists, select
from streams import codec
from streams.clock import Clock
from streams.placing import place_of
from streams.store.changes import Changes
from streams.store.database import Database
from streams.store.inbox import InboxEntry
from streams.store.incidents import Standing
from streams.store.reports import StoredReport
from streams.store.unit_of_work import UnitOfWork, UnitsOfWork
from workflows.engine import handle
from workflows.judgement.fusion import fuse
from workflows.message import DecisionTaken, Envelope, FeedbackGiven, Message, ReportArrived, StageCalled
from workflows.rulebook_file import default_rulebook
