"""Photographs: the desk where they come in and the sweep of those that nobody names, as the settings say."""

from datetime import timedelta

from streams.attachments.store import open_store
from streams.attachments.taking_in import AttachmentDesk
from streams.engine import Ground
from streams.settings import Settings
from streams.sweepers.attachments import AttachmentSweep

SWEPT_EVERY_SECONDS = 600.0


def desk_of(settings: Settings) -> AttachmentDesk:
    """Where pictures come in. Makes their folder where it is one of this machine; connects to nothing."""
    store = open_store(settings.attachments_url, settings.data_dir)
    return AttachmentDesk(store, settings.attachment_max_bytes)


def sweep_of(ground: Ground, desk: AttachmentDesk) -> AttachmentSweep:
    """What removes the pictures that no report or feedback has named in time."""
    kept = timedelta(days=ground.settings.attachment_kept_days)
    return AttachmentSweep(ground.database, desk.store, ground.wall, kept)
