"""Rules and shapes by themselves: no process, no broker, no database."""
