"""Signing in: by password, passkey, one-time link, or the identity that the body's provider vouches for.

Each proves an account, and a session is opened for it; none decides what the account may do, but that the roles of a
provider's claim are brought up to date by the declared mapping. What changes the credentials of an account is an event.
"""
