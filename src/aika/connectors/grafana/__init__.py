"""Grafana's dashboards and alert rules."""
