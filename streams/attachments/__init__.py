"""Attachments: photographs, looked at, rid of what they say beside the picture, and kept by their digest.

Never in here: who may see one (`streams.gateway`) and which report names it (`streams.store.attachments`).
"""
