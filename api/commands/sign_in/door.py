"""The ways in, of one service."""

from api.access.sessions import SessionLife
from api.commands.service import Service
from api.commands.sign_in.entrance import Entrance
from api.commands.sign_in.identities import Identities
from api.commands.sign_in.links import Links
from api.commands.sign_in.passkeys import Passkeys
from api.commands.sign_in.passwords import Passwords


class Door:
    """Every way in, each over what they have in common; `is_secure` where the service is reached by TLS."""

    def __init__(self, service: Service, life: SessionLife, *, is_secure: bool) -> None:
        self.entrance = Entrance(service, life, is_secure=is_secure)
        self.passkeys = Passkeys(self.entrance)
        self.passwords = Passwords(self.entrance, self.passkeys)
        self.links = Links(self.entrance, self.passwords, self.passkeys)
        self.identities = Identities(self.entrance, self.links)
