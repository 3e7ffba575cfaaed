"""What only a real cluster shows: copies, lost brokers, encrypted lines, users and their rights."""
