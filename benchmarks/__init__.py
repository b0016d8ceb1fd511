"""What the product costs, measured by scripts that anybody can repeat; never part of the tests."""
