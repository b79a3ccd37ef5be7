"""What people talk to: conversations now, configured assistants next."""
