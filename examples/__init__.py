"""The example plans and the changes to them: data, found by importlib.resources."""
