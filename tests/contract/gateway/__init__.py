"""The gateway over both databases, two gateways at once: what one says yes to, the other knows."""
