"""What documents record of things, and questions that are answered from it exactly."""
