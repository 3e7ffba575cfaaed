"""Machine screens: what those watch who keep the program, Kafka and the database running."""

from streams.documents.grafana import Dashboard, Panel, Query, Unit
from streams.documents.panels import RATE, lines, number, quantile

ENGINE = Dashboard(
    "engine",
    "引擎内部",
    "Engine internals",
    (
        (
            number("应答的进程", "Processes up", 'sum(up{job="fenghuo"})'),
            number(
                "未就绪部件",
                "Parts not ready",
                "count(fenghuo_component_ready == 0) or vector(0)",
                alarm_at=1,
            ),
            number("停住的分区", "Brakes pulled", "sum(fenghuo_brakes_pulled)", alarm_at=1),
            number(
                "死信 24h",
                "Dead letters",
                'sum(increase(fenghuo_messages_total{outcome="dead"}[24h]))',
                alarm_at=1,
            ),
            number(
                "处理停滞",
                "Nothing finished",
                "max(fenghuo_unfinished_seconds)",
                Unit.SECONDS,
                30,
            ),
            number("过时未处理时限", "Clocks unhandled", "max(fenghuo_deadlines_overdue)"),
        ),
        (
            lines(
                "处理用时 p99",
                "Handling",
                "topic:fenghuo_message_handle_seconds:p99_5m",
                "{{topic}}",
                Unit.SECONDS,
                alarm_at=2,
            ),
            lines(
                "处理量",
                "Messages",
                f"sum by (topic) (rate(fenghuo_messages_total[{RATE}]))",
                "{{topic}}",
                Unit.PER_SECOND,
            ),
            lines(
                "每批条数 p90",
                "Records a batch",
                quantile(0.9, "fenghuo_batch_records", "topic"),
                "{{topic}}",
            ),
        ),
        (
            lines(
                "时限迟处理 p99",
                "Clocks late",
                "fenghuo:deadline_lateness_seconds:p99_10m",
                "p99",
                Unit.SECONDS,
                alarm_at=5,
            ),
            lines(
                "死信原因",
                "Dead letters by reason",
                "sum by (reason) (increase(fenghuo_dead_letters_total[1h]))",
                "{{reason}}",
            ),
            Panel(
                "停滞",
                "Standing still",
                (
                    Query("fenghuo_unfinished_seconds", "有事未办完 {{instance}}"),
                    Query("fenghuo_since_fetch_seconds", "未取消息 {{instance}}"),
                    Query("fenghuo_standing_still_seconds", "有消息未读 {{instance}}"),
                ),
                Unit.SECONDS,
                alarm_at=30,
            ),
        ),
        (
            number(
                "上次心跳走完",
                "Heartbeat came round",
                "time() - max(fenghuo_heartbeat_came_round_timestamp_seconds > 0)",
                Unit.SECONDS,
                300,
            ),
            lines(
                "心跳各环节用时 p99",
                "Heartbeat by hop",
                quantile(0.99, "fenghuo_heartbeat_hop_seconds", "hop"),
                "{{hop}}",
                Unit.SECONDS,
            ),
        ),
        (
            lines(
                "热度与评级核对",
                "Heat and ratings made sure of",
                "time() - max by (topic) (fenghuo_projection_looked_at_timestamp_seconds)",
                "{{topic}}",
                Unit.SECONDS,
            ),
            lines(
                "内存", "Memory", 'process_resident_memory_bytes{job="fenghuo"}', "{{instance}}", Unit.BYTES
            ),
            lines(
                "处理器",
                "Processor",
                f'rate(process_cpu_seconds_total{{job="fenghuo"}}[{RATE}])',
                "{{instance}}",
            ),
        ),
    ),
)

STORES = Dashboard(
    "stores",
    "Kafka 与数据库",
    "Kafka and database",
    (
        (
            number("待发记录", "Outbox", "max(fenghuo_outbox_waiting)"),
            number(
                "最久待发", "Oldest in the outbox", "max(fenghuo_outbox_oldest_seconds)", Unit.SECONDS, 30
            ),
            number("重新分配 1h", "Rebalances", "sum(increase(fenghuo_assignments_total[1h]))"),
            number(
                "不一致 24h", "Disagreements", "sum(increase(fenghuo_disagreements_total[24h]))", alarm_at=1
            ),
            number(
                "连接占用",
                "Connections used",
                "max(instance:fenghuo_database_connections:used_ratio)",
                Unit.RATIO,
                0.8,
            ),
            number("在线屏幕", "Screens", "sum(fenghuo_screen_streams_open)"),
        ),
        (
            lines(
                "发往 Kafka",
                "Published",
                f"sum by (by) (rate(fenghuo_published_total[{RATE}]))",
                "{{by}}",
                Unit.PER_SECOND,
            ),
            lines(
                "积压", "Lag", "max by (topic) (fenghuo_consumer_lag_records)", "{{topic}}", alarm_at=1_000
            ),
            lines(
                "重试的故障",
                "Faults tried again",
                "sum by (where, fault) (increase(fenghuo_faults_total[10m]))",
                "{{where}} {{fault}}",
            ),
        ),
        (
            lines(
                "数据库读取 p99",
                "Look into the database",
                "instance:fenghuo_database_look_seconds:p99_5m",
                "{{instance}}",
                Unit.SECONDS,
                alarm_at=0.5,
            ),
            lines(
                "数据库连接", "Connections", "fenghuo_database_connections_open", "{{instance}}", alarm_at=24
            ),
            lines(
                "分区分配",
                "Assignments",
                "sum by (instance) (increase(fenghuo_assignments_total[10m]))",
                "{{instance}}",
            ),
        ),
        (
            lines(
                "与 Kafka 不一致",
                "Disagreements",
                "sum by (kind) (increase(fenghuo_disagreements_total[1h]))",
                "{{kind}}",
            ),
            lines(
                "签名被拒",
                "Signatures refused",
                "sum by (reason) (increase(fenghuo_signatures_refused_total[1h]))",
                "{{reason}}",
            ),
            lines(
                "洪泛转普通通道",
                "Floods lowered",
                "sum by (whose) (increase(fenghuo_reports_lowered_total[10m]))",
                "{{whose}}",
            ),
        ),
    ),
)
