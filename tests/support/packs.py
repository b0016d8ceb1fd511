"""Files of a pack as the product spells them."""

import json


def spelt(document: object) -> bytes:
    """A document of a pack, in its bytes."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
