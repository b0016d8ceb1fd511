"""The pages on which the people of an administration are looked after: who has an account, and what it may do."""
