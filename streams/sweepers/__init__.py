"""Sweepers: what has to happen without a message causing it, looked for in the database again and again.

Each survives a database or broker that is away, does its work by claims and marks on rows so that two of them do it
once, and takes a bounded number of rows at a time. Never in here: a decision of the trade.
"""
