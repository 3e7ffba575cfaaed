"""The fast lane against a real broker, and every place in Faust and aiokafka that it leans on."""
