"""Access: showing who one is, and the book of who asked for what.

What a role may do is `workflows.permission`'s to say. Never in here: HTTP. Secrets are handed out once and kept only
as digests.
"""
