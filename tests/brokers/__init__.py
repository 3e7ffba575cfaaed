"""Real Kafka-speaking brokers for tests, each with a class that starts, stops and kills it."""
