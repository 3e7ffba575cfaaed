"""Understanding: a report's Chinese title and text become typed facts, each with the span that it came from.

Pure and deterministic; no model is downloaded. One room for each kind of thing that is read; `understand` is the door.
"""
