"""Forms about what is of the installation, and of no plan: its accounts, its library of indicators."""
