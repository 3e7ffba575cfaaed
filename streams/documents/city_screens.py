"""City screens: what leaders and duty desks watch, from the whole city down to one district, and how well all work."""

from models.areas import area_tree
from models.vocabulary import RatingColour
from streams.documents.grafana import Choice, Dashboard, Draw, Panel, Query, Unit
from streams.documents.panels import LEVEL_COLOURS, RATE, lines, number, quantile
from streams.metric_labels import NO_COLOUR, values_of

_COLOURS = (
    (RatingColour.GREEN.value, "#2fa84f"),
    (RatingColour.BLUE.value, "#2f74d0"),
    (RatingColour.YELLOW.value, "#e0b400"),
    (RatingColour.ORANGE.value, "#e67e22"),
    (RatingColour.RED.value, "#d0021b"),
    (NO_COLOUR, "#9b9b9b"),
)


def _named_districts() -> tuple[tuple[str, str], ...]:
    codes = values_of("fenghuo_district_incidents_open", "district").values
    return tuple((code, area_tree().name_zh(code)) for code in codes)


def _of_colours(subject: str, zh: str) -> Panel:
    expr = f'max by (colour) (fenghuo_rated_subjects{{subject="{subject}"}})'
    return Panel(zh, subject, (Query(expr, "{{colour}}"),), colours=_COLOURS, is_stacked=True)


CITY = Dashboard(
    "city",
    "全市总览",
    "City overview",
    (
        (
            number("未结事件", "Open incidents", "sum(max by (stage) (fenghuo_incidents_open))"),
            number("红色警报 24h", "Red alarms", "sum(increase(fenghuo_red_alarms_total[24h]))", alarm_at=1),
            number("待签收指令", "Orders unsigned", "sum(max by (tier) (fenghuo_commands_unacknowledged))"),
            number(
                "最久超签收", "Past signing limit", "max(fenghuo_command_overdue_seconds)", Unit.SECONDS, 60
            ),
            number("新发 24h", "Opened", "sum(increase(fenghuo_incidents_opened_total[24h]))"),
            number(
                "直报迟报率 24h",
                "Direct reports late",
                "fenghuo:direct_reports:late_ratio1d",
                Unit.RATIO,
                0.05,
            ),
        ),
        (
            lines(
                "各渠道报告",
                "Reports",
                f"sum by (channel) (rate(fenghuo_reports_total[{RATE}]))",
                "{{channel}}",
                Unit.PER_SECOND,
            ),
            lines("各环节未结", "Open by stage", "max by (stage) (fenghuo_incidents_open)", "{{stage}}"),
            Panel(
                "报告到指令 p90",
                "Opening to first order",
                (Query("level:fenghuo_report_to_command_seconds:p90_10m", "{{level}}"),),
                Unit.SECONDS,
                alarm_at=60,
                colours=LEVEL_COLOURS,
            ),
        ),
        (
            Panel(
                "办结",
                "Closed",
                (Query("sum by (level) (increase(fenghuo_incidents_closed_total[1h]))", "{{level}}"),),
                colours=LEVEL_COLOURS,
                is_stacked=True,
            ),
            lines(
                "公众预警",
                "Public warnings",
                "sum by (colour) (increase(fenghuo_warnings_total[1h]))",
                "{{colour}}",
            ),
            Panel(
                "未结最多的区县",
                "Busiest districts",
                (Query("topk(10, max by (district) (fenghuo_district_incidents_open))", "{{district}}"),),
                draw=Draw.BARS,
            ),
        ),
    ),
)

DISTRICT = Dashboard(
    "district",
    "区县",
    "District",
    (
        (
            number(
                "未结事件", "Open incidents", 'max(fenghuo_district_incidents_open{district="$district"})'
            ),
            number(
                "待签收指令",
                "Orders unsigned",
                'max(fenghuo_district_commands_unacknowledged{district="$district"})',
            ),
            number(
                "评级得分",
                "Rating",
                'max(fenghuo_district_rating_ratio{district="$district"})',
                Unit.RATIO,
            ),
            number(
                "全市得分中位数",
                "Median",
                "quantile(0.5, max by (district) (fenghuo_district_rating_ratio))",
                Unit.RATIO,
            ),
        ),
        (
            lines("未结事件", "Open incidents", 'max(fenghuo_district_incidents_open{district="$district"})'),
            lines(
                "待签收指令",
                "Orders unsigned",
                'max(fenghuo_district_commands_unacknowledged{district="$district"})',
            ),
            Panel(
                "得分与全市",
                "Score beside the city's",
                (
                    Query('max(fenghuo_district_rating_ratio{district="$district"})', "本区县"),
                    Query("quantile(0.5, max by (district) (fenghuo_district_rating_ratio))", "中位数"),
                    Query("max(fenghuo_district_rating_ratio)", "最高"),
                ),
                Unit.RATIO,
            ),
        ),
    ),
    Choice("district", "区县", _named_districts()),
    hours=24,
)

DUTY = Dashboard(
    "duty",
    "值守绩效",
    "Duty performance",
    (
        (
            Panel(
                "直报迟报率与目标",
                "Direct reports late",
                (
                    Query("fenghuo:direct_reports:late_ratio1h", "1h"),
                    Query("fenghuo:direct_reports:late_ratio6h", "6h"),
                    Query("fenghuo:direct_reports:late_ratio1d", "1d"),
                    Query("fenghuo:direct_reports:late_ratio3d", "3d"),
                ),
                Unit.RATIO,
                alarm_at=0.05,
            ),
            lines(
                "各项尽责率 24h",
                "Duties done",
                "measure:fenghuo_outcomes:good_ratio1d",
                "{{measure}}",
                Unit.RATIO,
            ),
            Panel(
                "签收用时",
                "Time to sign",
                tuple(
                    Query(
                        quantile(ratio, "fenghuo_command_acknowledge_seconds", window="30m"),
                        f"p{ratio:.0%}".rstrip("%"),
                    )
                    for ratio in (0.5, 0.9, 0.99)
                ),
                Unit.SECONDS,
            ),
        ),
        (
            lines(
                "超时环节",
                "Overdue steps",
                "sum by (step) (increase(fenghuo_overdue_steps_total[1h]))",
                "{{step}}",
            ),
            lines(
                "十二步用时 p90",
                "Steps",
                quantile(0.9, "fenghuo_step_duration_seconds", "step", "1h"),
                "{{step}}",
                Unit.SECONDS,
            ),
            lines(
                "五环节用时 p90",
                "Stages",
                quantile(0.9, "fenghuo_stage_duration_seconds", "stage", "1h"),
                "{{stage}}",
                Unit.SECONDS,
            ),
        ),
        (
            lines(
                "指令去向", "Orders", "sum by (status) (increase(fenghuo_commands_total[1h]))", "{{status}}"
            ),
            lines(
                "待签收 按层级",
                "Unsigned by tier",
                "max by (tier) (fenghuo_commands_unacknowledged)",
                "{{tier}}",
            ),
            lines(
                "核实结论",
                "Verdicts",
                "sum by (verdict, actor) (increase(fenghuo_verdicts_total[1h]))",
                "{{verdict}} {{actor}}",
            ),
        ),
        (
            lines(
                "报告到指令 中位",
                "First order, median",
                "level:fenghuo_report_to_command_seconds:p50_10m",
                "{{level}}",
                Unit.SECONDS,
            ),
            lines(
                "报告到指令 p99",
                "First order, p99",
                "level:fenghuo_report_to_command_seconds:p99_10m",
                "{{level}}",
                Unit.SECONDS,
            ),
            lines(
                "其他结局",
                "Other ends",
                "sum by (how) (increase(fenghuo_incidents_ended_otherwise_total[1h]))",
                "{{how}}",
            ),
        ),
    ),
    hours=24,
)

RATINGS = Dashboard(
    "ratings",
    "五色评级",
    "Five-colour ratings",
    (
        (_of_colours("district", "区县"), _of_colours("township", "镇街"), _of_colours("unit", "单位")),
        (
            Panel(
                "得分最低的区县",
                "Lowest districts",
                (Query("bottomk(10, max by (district) (fenghuo_district_rating_ratio))", "{{district}}"),),
                Unit.RATIO,
                Draw.BARS,
                width=12,
            ),
            Panel(
                "区县得分",
                "Scores of districts",
                (Query("max by (district) (fenghuo_district_rating_ratio)", "{{district}}"),),
                Unit.RATIO,
                width=12,
            ),
        ),
    ),
    hours=168,
)
