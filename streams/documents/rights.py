"""The rights on Kafka as a table, for administrators who give them with Kafka's own tools."""

import csv
import io

from streams.broker.acls import table


def text() -> str:
    """`deploy/kafka/acls.csv`. A `*` at the end of a name: everything that begins so."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("scope", "principal", "resource", "name", "operation"))
    rows.writerows(table())
    return written.getvalue()
