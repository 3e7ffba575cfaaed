"""Areas: on PostgreSQL the database itself shows a request nothing of other areas than the caller's (decision 0014).

Revision 0004, after walls and archives. SQLite has no roles: there the query's own condition stands alone.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Roles belong to the whole server: another database may have made them already, perhaps at this very moment.
_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
# Whoever upgrades may run the program, too, and must then be able to take on the narrow role.
_MEMBER = """
DO $$ BEGIN
    IF NOT pg_has_role(current_user, '{role}', 'USAGE') THEN
        GRANT {role} TO CURRENT_USER;
    END IF;
EXCEPTION WHEN unique_violation THEN NULL;
END $$
"""
_ROLES = ("fenghuo_engine", "fenghuo_gateway")
# Sub-selects, so that the setting is read once for a statement and not for each row. Without it nothing is seen.
_AREAS = "(SELECT current_setting('fenghuo.areas', true))"
_SEES = f"({_AREAS} = '*' OR left({{0}}, 9) = ANY ((SELECT string_to_array({_AREAS}, ','))::text[]))"
_ITS_INCIDENT = "EXISTS (SELECT FROM incidents WHERE incidents.incident_id = {0}.incident_id)"
_UNIT = _SEES.format("split_part({0}, ':', 1)")
# table -> which of its rows a request sees
WALLS = {
    "incidents": _SEES.format("area_code"),
    "events": _ITS_INCIDENT.format("events"),
    "archived_logs": _ITS_INCIDENT.format("archived_logs"),
    "reports": _ITS_INCIDENT.format("reports"),
    "commands": f"{_UNIT.format('unit_code')} OR {_ITS_INCIDENT.format('commands')}",
    "proposals": _SEES.format("area_code"),
    "outcomes": " OR ".join(
        (_SEES.format("district_code"), _SEES.format("township_code"), _UNIT.format("unit_code"))
    ),
    "projections": _UNIT.format("key"),
    "attachment_links": (
        "EXISTS (SELECT FROM reports WHERE reports.source_id = attachment_links.source_id"
        " AND reports.report_id = attachment_links.report_id)"
        " OR EXISTS (SELECT FROM commands WHERE commands.command_id = attachment_links.command_id)"
    ),
    "attachments": "EXISTS (SELECT FROM attachment_links WHERE attachment_links.digest = attachments.digest)",
}
# Of the tables that stand now, without the months of the log: those are reached through it alone.
_MAY_WORK = """
DO $$ DECLARE part regclass; BEGIN
    EXECUTE format(
        'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO fenghuo_engine', current_schema());
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO fenghuo_engine', current_schema());
    FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'events'::regclass LOOP
        EXECUTE format('REVOKE ALL ON %s FROM fenghuo_engine', part);
    END LOOP;
END $$
"""
_MAY_NOTHING = """
DO $$ BEGIN
    EXECUTE format(
        'REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM fenghuo_engine, fenghuo_gateway', current_schema());
    EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA %I FROM fenghuo_engine', current_schema());
    REVOKE ALL ON FUNCTION fenghuo_open_month(text) FROM fenghuo_engine;
END $$
"""
# What only grows: not even the program's own role changes it. Putting logs away is the owner's work.
_GROWS = ("audit", "events", "archives", "archived_logs", "alembic_version")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for role in _ROLES:
        op.execute(_ROLE.format(role=role))
        op.execute(_MEMBER.format(role=role))
    op.execute(_MAY_WORK)
    for table in _GROWS:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM fenghuo_engine")
    for function in ("fenghuo_open_month(text)", "fenghuo_close_month(text)"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION fenghuo_open_month(text) TO fenghuo_engine")
    for table, condition in WALLS.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY by_engine ON {table} TO fenghuo_engine USING (true) WITH CHECK (true)")
        op.execute(f"CREATE POLICY by_area ON {table} FOR SELECT TO fenghuo_gateway USING ({condition})")
        op.execute(f"GRANT SELECT ON {table} TO fenghuo_gateway")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table in WALLS:
        op.execute(f"DROP POLICY by_area ON {table}")
        op.execute(f"DROP POLICY by_engine ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute(_MAY_NOTHING)
