"""Processing: one batch from bytes to commit. The loop, the desk where the core is asked, and what both stand on."""
