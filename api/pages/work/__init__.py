"""The work on a plan by forms: each is a command of the table, filled in, looked at once more, and recorded."""
