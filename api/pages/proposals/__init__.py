"""What is proposed for a plan: the list, one with its effects and its life, the forms by which it is written and acted on."""
