"""A world around the real unit of work: a broker in memory, a process that dies at will, and what must hold after."""
