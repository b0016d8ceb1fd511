"""What signing in is made of: sessions, credentials, tokens, identities that others vouch for."""
