"""Archive: the logs of incidents that ended long ago, in files beside the database, and how they are read again.

Decision 0014 says what is put away and what it still promises. Never in here: what a log means.
"""
