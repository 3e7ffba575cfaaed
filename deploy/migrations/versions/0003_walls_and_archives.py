"""Walls and archives: months of the log as partitions, where old logs were put away, and an audit that only grows.

Revision 0003, after access. Areas and their policies are 0004's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# What nobody has made a partition for: a clock that is wrong, or a month that was not prepared in time.
_OTHER_MONTHS = "CREATE TABLE events_other PARTITION OF events DEFAULT"
# Made beside the table and attached when it is whole, so that writers wait for a moment only; and given up soon, since
# whoever comes after waits behind it. Its owner makes it, whoever asks, and nobody else gets at it.
_OPEN_MONTH = """
CREATE FUNCTION fenghuo_open_month(month text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '2s' AS $$
DECLARE
    part text := 'events_' || replace(month, '-', '_');
BEGIN
    IF month !~ '^[0-9]{4}-[0-9]{2}$' THEN
        RAISE EXCEPTION 'fenghuo_open_month: % is no month', month USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- One at a time: two workers would both find that it is not there.
    PERFORM pg_advisory_xact_lock(hashtext('fenghuo_open_month'));
    IF to_regclass(part) IS NOT NULL THEN
        RETURN false;
    END IF;
    LOCK TABLE events_other IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING DEFAULTS INCLUDING INDEXES)', part);
    EXECUTE format(
        'WITH early AS (DELETE FROM events_other WHERE opened_month = %L RETURNING *)'
        ' INSERT INTO %I SELECT * FROM early', month, part);
    EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES IN (%L)', part, month);
    RETURN true;
END
$$
"""
# Takes a month away whole if nothing lies in it any more; what comes for it later lies among the other months.
_CLOSE_MONTH = """
CREATE FUNCTION fenghuo_close_month(month text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '2s' AS $$
DECLARE
    part text := 'events_' || replace(month, '-', '_');
    is_used boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('fenghuo_open_month'));
    IF month !~ '^[0-9]{4}-[0-9]{2}$' OR to_regclass(part) IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', part);
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', part) INTO is_used;
    IF is_used THEN
        RETURN false;
    END IF;
    EXECUTE format('ALTER TABLE events DETACH PARTITION %I', part);
    EXECUTE format('DROP TABLE %I', part);
    RETURN true;
END
$$
"""
_MONTHS = "SELECT fenghuo_open_month(to_char(now() AT TIME ZONE 'Asia/Shanghai' + n * interval '1 month', 'YYYY-MM'))"
_MONTHS_AHEAD = f"{_MONTHS} FROM generate_series(0, 3) AS n"
_REFUSE = """
CREATE FUNCTION fenghuo_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit only grows: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$
"""
_ROWS_STAY = (
    "CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON audit"
    " FOR EACH ROW EXECUTE FUNCTION fenghuo_audit_only_grows()"
)
_TABLE_STAYS = (
    "CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit"
    " FOR EACH STATEMENT EXECUTE FUNCTION fenghuo_audit_only_grows()"
)
_ON_SQLITE = (
    "CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit only grows: UPDATE is refused'); END",
    "CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit only grows: DELETE is refused'); END",
)


def upgrade() -> None:
    _create_archives()
    for statement in _statements():
        op.execute(statement)


def _statements() -> tuple[str, ...]:
    if op.get_bind().dialect.name == "sqlite":
        return _ON_SQLITE
    partitions = (_OTHER_MONTHS, _OPEN_MONTH, _CLOSE_MONTH, _MONTHS_AHEAD)
    return (*partitions, _REFUSE, _ROWS_STAY, _TABLE_STAYS)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        names = ("audit_is_never_changed", "audit_is_never_shortened")
        for name in names:
            op.execute(sa.text(f"DROP TRIGGER {name}"))
    else:
        op.execute("DROP FUNCTION fenghuo_audit_only_grows() CASCADE")
        op.execute("DROP FUNCTION fenghuo_open_month(text)")
        op.execute("DROP FUNCTION fenghuo_close_month(text)")
    op.drop_table("archived_logs")
    op.drop_table("archives")


def _create_archives() -> None:
    op.create_table(
        "archives",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("opened_month", sa.String(), nullable=False),
        sa.Column("incidents", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "archived_logs",
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("archive", sa.String(), nullable=False),
        sa.Column("offset_bytes", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["archive"], ["archives.name"]),
        sa.PrimaryKeyConstraint("incident_id", "last_seq"),
    )
