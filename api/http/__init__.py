"""The HTTP interface: one module a resource, one handler for every error, one description of it all."""
