"""The broker that the embedded profile brings along, so that one command runs everything without Java or Docker."""
