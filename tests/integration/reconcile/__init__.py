"""Kafka and the database disagree: what is noticed, refused, read again and settled."""
