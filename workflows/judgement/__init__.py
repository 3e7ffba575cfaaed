"""Judgement: functions that weigh (evidence, grade, fusion, plan) and record nothing."""
