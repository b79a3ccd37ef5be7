"""Tracing, metrics and logging with OpenTelemetry, as wrappers around components."""
