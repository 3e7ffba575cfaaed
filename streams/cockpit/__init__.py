"""Cockpit: one screen. What browsers are told live, the map, and the pages themselves (static/).

Never in here: rules of the trade, and writes; whoever acts on the screen speaks to the gateway's API like anybody.
"""
