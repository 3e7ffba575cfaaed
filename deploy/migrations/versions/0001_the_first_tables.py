"""The first tables: everything that stands in `models.tables`, one function per table.

Revision 0001, the beginning of the history.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_clock()
    _create_commands()
    _create_dead_letters()
    _create_deadlines()
    _create_disagreements()
    _create_events()
    _create_gaps()
    _create_inbox()
    _create_incidents()
    _create_intake()
    _create_leases()
    _create_outbox()
    _create_outcomes()
    _create_progress()
    _create_projections()
    _create_reports()
    _create_rulebooks()
    _create_activations()


def downgrade() -> None:
    for table in (
        "activations",
        "rulebooks",
        "reports",
        "projections",
        "progress",
        "outcomes",
        "outbox",
        "leases",
        "intake",
        "incidents",
        "inbox",
        "gaps",
        "events",
        "disagreements",
        "deadlines",
        "dead_letters",
        "commands",
        "clock",
    ):
        op.drop_table(table)


def _create_clock() -> None:
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reads", sa.DateTime(timezone=True), nullable=False),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_commands() -> None:
    op.create_table(
        "commands",
        sa.Column("command_id", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("retracts", sa.String(), nullable=True),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledge_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complete_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retraction_heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("command_id"),
    )
    with op.batch_alter_table("commands", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commands_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index("ix_commands_resend", ["status", "last_sent_at"], unique=False)
        batch_op.create_index("ix_commands_unit", ["unit_code", "status"], unique=False)


def _create_dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retried_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("cluster_id", "topic", "partition", "offset"),
    )
    with op.batch_alter_table("dead_letters", schema=None) as batch_op:
        batch_op.create_index("ix_dead_letters_message", ["message_id"], unique=False)
        batch_op.create_index("ix_dead_letters_recorded", ["recorded_at"], unique=False)


def _create_deadlines() -> None:
    op.create_table(
        "deadlines",
        sa.Column("deadline_id", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("command_id", sa.String(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("progress", sa.String(), nullable=False),
        sa.Column("times_extended", sa.Integer(), nullable=False),
        sa.Column("fire_count", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("deadline_id"),
    )
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.create_index("ix_deadlines_due", ["progress", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deadlines_incident_id"), ["incident_id"], unique=False)


def _create_disagreements() -> None:
    op.create_table(
        "disagreements",
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("found", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("cluster_id", "kind", "subject", "found"),
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("opened_month", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause_id", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "opened_month"),
        sa.UniqueConstraint("incident_id", "seq", "opened_month", name="uq_events_incident_seq"),
        postgresql_partition_by="LIST (opened_month)",
    )
    shown_on_the_map = sa.text(
        "type IN ('incident_opened', 'preliminary_graded', 'graded', 'incident_acknowledged', 'incident_closed',"
        " 'incident_rejected', 'incident_merged', 'incident_reopened')"
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_events_map",
            ["incident_id", "seq"],
            unique=False,
            sqlite_where=shown_on_the_map,
            postgresql_where=shown_on_the_map,
        )


def _create_gaps() -> None:
    op.create_table(
        "gaps",
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("from_offset", sa.BigInteger(), nullable=False),
        sa.Column("to_offset", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("cluster_id", "topic", "partition", "from_offset"),
    )


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refusal_code", sa.String(), nullable=True),
        sa.Column("refusal_detail", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("message_id"),
    )


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("graded", sa.Boolean(), nullable=False),
        sa.Column("nature", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("red_alarm", sa.Boolean(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("township_code", sa.String(), nullable=True),
        sa.Column("locality", sa.String(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_month", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("open_commands", sa.Integer(), nullable=False),
        sa.Column("acknowledged", sa.Boolean(), nullable=False),
        sa.Column("community_code", sa.String(), nullable=True),
        sa.Column("grid_code", sa.String(), nullable=True),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("step_tier", sa.String(), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heat_epoch", sa.Integer(), nullable=True),
        sa.Column("log_heat", sa.Float(), nullable=True),
        sa.Column("likeness", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id"),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(
            "ix_incidents_district", ["district_code", "updated_at", "incident_id"], unique=False
        )
        batch_op.create_index(
            "ix_incidents_fusion_district", ["district_code", "family", "last_reported_at"], unique=False
        )
        batch_op.create_index("ix_incidents_fusion_family", ["family", "last_reported_at"], unique=False)
        batch_op.create_index(
            "ix_incidents_fusion_locality", ["locality", "family", "last_reported_at"], unique=False
        )
        batch_op.create_index("ix_incidents_heat", ["status", "heat_epoch", "log_heat"], unique=False)
        batch_op.create_index("ix_incidents_stage", ["stage", "updated_at", "incident_id"], unique=False)
        batch_op.create_index("ix_incidents_status", ["status", "updated_at", "incident_id"], unique=False)
        batch_op.create_index(
            "ix_incidents_township", ["township_code", "updated_at", "incident_id"], unique=False
        )
        batch_op.create_index("ix_incidents_updated", ["updated_at", "incident_id"], unique=False)


def _create_intake() -> None:
    op.create_table(
        "intake",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )
    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intake_accepted_at"), ["accepted_at"], unique=False)


def _create_leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("event_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_cluster", sa.String(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    _index_outbox()


def _index_outbox() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_claim",
            ["claim"],
            unique=False,
            sqlite_where=sa.text("published_at IS NULL"),
            postgresql_where=sa.text("published_at IS NULL"),
        )
        batch_op.create_index(
            "ix_outbox_message",
            ["message_id"],
            unique=False,
            sqlite_where=sa.text("message_id IS NOT NULL"),
            postgresql_where=sa.text("message_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_outbox_published",
            ["published_at"],
            unique=False,
            sqlite_where=sa.text("published_at IS NOT NULL"),
            postgresql_where=sa.text("published_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_outbox_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("published_at IS NULL"),
            postgresql_where=sa.text("published_at IS NULL"),
        )


def _create_outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("township_code", sa.String(), nullable=True),
        sa.Column("unit_code", sa.String(), nullable=True),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("outcome_id"),
    )
    with op.batch_alter_table("outcomes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcomes_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index("ix_outcomes_window", ["happened_at", "measure"], unique=False)


def _create_progress() -> None:
    op.create_table(
        "progress",
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column("processed", sa.BigInteger(), nullable=False),
        sa.Column("duplicate", sa.BigInteger(), nullable=False),
        sa.Column("dead", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("cluster_id", "topic", "partition"),
    )


def _create_projections() -> None:
    op.create_table(
        "projections",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("topic", "key"),
    )


def _create_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("refers_to", sa.String(), nullable=True),
        sa.Column("reporter_key", sa.String(), nullable=False),
        sa.Column("low_trust", sa.LargeBinary(), nullable=True),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "report_id"),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index("ix_reports_refers_to", ["refers_to", "source_id"], unique=False)
        batch_op.create_index("ix_reports_reporter", ["reporter_key", "received_at"], unique=False)


def _create_rulebooks() -> None:
    op.create_table(
        "rulebooks",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )


def _create_activations() -> None:
    op.create_table(
        "activations",
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["rulebooks.digest"],
        ),
        sa.PrimaryKeyConstraint("activated_at"),
    )
