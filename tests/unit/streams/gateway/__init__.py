"""The rooms of the gateway that need no database."""
