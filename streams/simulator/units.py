"""Units: they follow the commands, answer each in their manner, and finish the work, or do not.

What they say and when is `timeline`'s; here it is only waited for and sent. A command that comes again is the same
command; after a restart the gateway tells what is still owed. Must never enter: the plan, and who should have it.
"""

from collections import OrderedDict
from collections.abc import Collection

from models.identifiers import CommandId, IncidentId
from models.messages.command import Command
from models.messages.feedback import Feedback
from models.vocabulary import CommandKind, CommandStatus, FeedbackKind
from streams.clock import Clock
from streams.gateway.views import CommandView
from streams.simulator.agenda import Agenda
from streams.simulator.door import Outcome
from streams.simulator.outlets import Outlet
from streams.simulator.timeline import timeline

_COMMANDS_REMEMBERED = 50_000
# What need not be said again about a command that stands there.
_SAID: dict[CommandStatus, tuple[FeedbackKind, ...]] = {
    CommandStatus.ISSUED: (),
    CommandStatus.RECEIVED: (FeedbackKind.RECEIVED,),
    CommandStatus.ACKNOWLEDGED: (FeedbackKind.RECEIVED, FeedbackKind.ACKNOWLEDGED),
}


class Units:
    """All units. `smooth` are the incidents where they give their best. Several `run`s may go on side by side."""

    def __init__(self, seed: int, outlet: Outlet, clock: Clock, smooth: Collection[IncidentId]) -> None:
        self._seed = seed
        self._outlet = outlet
        self._clock = clock
        self._smooth = smooth
        self._agenda: Agenda[CommandId] = Agenda(clock)
        self._to_say: dict[CommandId, tuple[Feedback, ...]] = {}
        # Whether the order was taken back, for every command that was heard of.
        self._known: OrderedDict[CommandId, bool] = OrderedDict()

    def hear(self, command: Command) -> None:
        """A command has come, for the first time or again."""
        if command.kind is CommandKind.RETRACTION:
            self._stop(command)
        self._take_on(command, said=())

    def resume(self, held: CommandView) -> None:
        """The gateway knows a command that is still owed; go on where its unit stands."""
        if held.status in _SAID and held.command.kind is CommandKind.ORDER:
            self._take_on(held.command, said=_SAID[held.status])

    async def run(self) -> None:
        """Say whatever is due next, until cancelled."""
        while True:
            await self.speak(await self._agenda.next_due())

    async def speak(self, command_id: CommandId) -> None:
        """Say the next thing about one command. A unit whose command has ended says no more."""
        to_say = self._to_say.pop(command_id, ())
        if not to_say:
            return
        outcome = await self._outlet.feed_back(to_say[0])
        was_retracted = self._known.get(command_id, False)
        if outcome is not Outcome.REFUSED and not was_retracted:
            self._plan(command_id, to_say[1:])

    def _take_on(self, command: Command, said: tuple[FeedbackKind, ...]) -> None:
        if command.command_id in self._known:
            return
        self._remember(command.command_id, was_retracted=False)
        told = timeline(self._seed, command, is_smooth=command.incident_id in self._smooth)
        self._plan(command.command_id, tuple(feedback for feedback in told if feedback.kind not in said))

    def _plan(self, command_id: CommandId, to_say: tuple[Feedback, ...]) -> None:
        if to_say:
            self._to_say[command_id] = to_say
            self._agenda.put(command_id, to_say[0].occurred_at)

    def _stop(self, retraction: Command) -> None:
        if retraction.retracts is not None:
            self._remember(
                retraction.retracts, was_retracted=True
            )  # should the order come after its own retraction
            self._to_say.pop(retraction.retracts, None)
            self._agenda.drop(retraction.retracts)

    def _remember(self, command_id: CommandId, *, was_retracted: bool) -> None:
        self._known[command_id] = was_retracted
        if len(self._known) > _COMMANDS_REMEMBERED:
            self._known.popitem(last=False)
