"""THE WORLD: Kafka, the database, HTTP, the clock and the processes that carry messages to the rules and back."""
