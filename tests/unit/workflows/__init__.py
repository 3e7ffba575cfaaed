"""The rules: judgement, stages, clocks, rulebook."""
