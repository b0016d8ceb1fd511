"""Who may come in: the accounts as their events say, and beside the record their names and what lets them in."""
