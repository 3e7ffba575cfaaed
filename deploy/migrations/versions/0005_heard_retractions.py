"""Heard retractions: where its unit has it, a retraction's row says so in its status, as every other command's does.

Revision 0005, after areas. Without it those of before would be sent again, and ring.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rows alone; no table changes."""
    op.execute("UPDATE commands SET status = 'received' WHERE retraction_heard_at IS NOT NULL")
