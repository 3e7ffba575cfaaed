"""Access on both databases: accounts, sessions, links and the audit."""
