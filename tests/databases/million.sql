-- What a city has after two years: @incidents@ incidents, @apart@ seconds apart. Columns stand as in the tables.

SELECT fenghuo_open_month(to_char(timestamp '2026-12-15' - n * interval '1 month', 'YYYY-MM'))
FROM generate_series(0, 24) n;

INSERT INTO incidents SELECT
    'incident-' || n, 20,
    CASE WHEN chance < 0.003 THEN 'open' WHEN chance < 0.9 THEN 'closed' WHEN chance < 0.95 THEN 'merged' ELSE 'rejected' END,
    CASE WHEN chance < 0.001 THEN 'verification' WHEN chance < 0.003 THEN 'disposal' ELSE 'follow_up' END,
    'true', 'IV', true, 'emergency', 'accident.fire', 'family-' || n % 20, '标题', false, n % 50 = 0, false,
    500101000 + (n % 38) * 1000 + n % 25, '500000', 500101 + n % 38, 500101000 + (n % 38) * 1000 + n % 25,
    500101000 + (n % 38) * 1000 + n % 25, CASE WHEN chance BETWEEN 0.9 AND 0.95 THEN 'incident-' || n - 1 END,
    moment, to_char(moment, 'YYYY-MM'), moment + interval '6 hours', moment + interval '6 hours', moment,
    moment + interval '1 hour', 3, 2, 0, true, NULL, NULL, NULL, NULL, NULL,
    CASE WHEN chance < 0.003 THEN 1 END, CASE WHEN chance < 0.003 THEN chance END, repeat('l', 40)::bytea, repeat('s', 80)::bytea
FROM (
    SELECT n, ((hashint8extended(n, 7) & 1048575) / 1048576.0) AS chance, timestamptz '2024-12-01' + n * interval '@apart@ seconds' AS moment
    FROM generate_series(1, @incidents@) n
) made;

INSERT INTO events SELECT
    'event-' || n || '-' || seq, opened, 'incident-' || n, seq,
    (ARRAY['incident_opened', 'report_joined', 'step_started', 'deadline_set', 'deadline_cancelled', 'step_ended',
        'command_issued', 'command_received', 'command_done', 'incident_closed'])[seq],
    timestamptz '2024-12-01' + n * interval '@apart@ seconds', 'cause', repeat('x', 800)::bytea
FROM (
    SELECT n, to_char(timestamptz '2024-12-01' + n * interval '@apart@ seconds', 'YYYY-MM') AS opened
    FROM generate_series(4, @incidents@, 8) n
) made, generate_series(1, 10) seq;

INSERT INTO reports SELECT
    'source-' || n % 500, 'report-' || n, 'message-' || n, CASE WHEN n % 10 = 0 THEN 'report-' || n - 1 END,
    'reporter-' || n % 200000, NULL, 'incident-' || n, 'd', 'initial', 'grid', '500108001', moment, moment, moment,
    'x'::bytea, 'x'::bytea
FROM (SELECT n, timestamptz '2024-12-01' + n * interval '@apart@ seconds' AS moment FROM generate_series(1, @incidents@) n) made;

INSERT INTO commands SELECT
    'command-' || n, 'incident-' || n, 'order', NULL, (500101 + n % 38) || ':fire', 'district', 'task',
    CASE WHEN ((hashint8extended(n, 7) & 1048575) / 1048576.0) < 0.003 THEN 'issued' ELSE 'done' END, false, moment, moment, moment, moment, moment, 1, moment,
    NULL, 'x'::bytea
FROM (SELECT n, timestamptz '2024-12-01' + n * interval '@apart@ seconds' AS moment FROM generate_series(1, @incidents@, 2) n) made;

INSERT INTO deadlines SELECT
    'deadline-' || n, 'incident-' || n, 'step', 'disposal', 'district', NULL, NULL, moment,
    CASE WHEN ((hashint8extended(n, 7) & 1048575) / 1048576.0) < 0.003 THEN 'open' ELSE 'cancelled' END, 0, 0, moment
FROM (SELECT n, timestamptz '2024-12-01' + n * interval '@apart@ seconds' AS moment FROM generate_series(1, @incidents@, 2) n) made;

INSERT INTO outcomes SELECT
    'outcome-' || n, 'completion', 500101 + n % 38, 500101000 + (n % 38) * 1000 + n % 25, (500101 + n % 38) || ':fire',
    'incident-' || n, timestamptz '2024-12-01' + n * interval '@apart@ seconds', true
FROM generate_series(1, @incidents@, 2) n;

INSERT INTO inbox SELECT
    'message-' || n, 'd', 'cluster', 'reports', n % 12, n, 'incident-' || n, timestamptz '2024-12-01', NULL, NULL
FROM generate_series(1, @incidents@, 2) n;

INSERT INTO intake SELECT 'message-' || n, 'reports', 'd', timestamptz '2024-12-01' + n * interval '@apart@ seconds'
FROM generate_series(1, @incidents@, 2) n;

INSERT INTO outbox SELECT
    n, 'incident-events', 'k'::bytea, 'v'::bytea, 'h'::bytea, CASE WHEN n % 10 = 0 THEN 'message-' || n END, 'event-' || n,
    now() - n * interval '1 second', NULL, NULL,
    CASE WHEN n > 500 THEN 'cluster' END, CASE WHEN n > 500 THEN now() - n * interval '1 second' END
FROM generate_series(1, 300000) n;

INSERT INTO audit SELECT
    n, timestamptz '2024-12-01' + n * interval '3 minutes', 'person-' || n % 300, 'duty_officer', 'report', '500108001',
    'message-' || n, 'allowed', 'p', 'd'
FROM generate_series(1, 300000) n;

INSERT INTO attachments SELECT 'sha256:' || n, 'image/jpeg', 1000, 10, 10, timestamptz '2024-12-01' + n * interval '5 minutes'
FROM generate_series(1, 100000) n;

INSERT INTO attachment_links SELECT
    'message-' || n, 0, 'sha256:' || n, 'image/jpeg', 'n', 'source-' || n % 500, 'report-' || n,
    CASE WHEN n % 20 = 0 THEN 'command-' || n END
FROM generate_series(1, 100000) n;

