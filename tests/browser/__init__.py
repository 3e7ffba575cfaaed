"""The pages as people use them: a real Chromium on the real program. Skipped, with the reason, where there is none."""
