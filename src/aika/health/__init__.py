"""The loop back to those who own documents: verdicts, findings, gaps, digests."""
