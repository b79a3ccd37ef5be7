"""People and teams, from files and from SCIM."""
