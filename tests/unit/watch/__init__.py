"""What is watched: rules, dashboards and the runbook against the metrics that the program exports."""
