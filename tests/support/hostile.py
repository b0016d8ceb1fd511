"""Values that no field of a document expects, and every place of a document to which they can be put."""

from collections.abc import Iterator

from domain.vocabulary import JsonValue

NESTED: JsonValue = []
for _ in range(50):
    NESTED = [NESTED]

VALUES: dict[str, JsonValue] = {
    "null": None,
    "true": True,
    "empty text": "",
    "blank": "   ",
    "a long text": "x" * 4_001,
    "a very long text": "parola " * 10_000,
    "a long name": "a" * 300,
    "control characters": "a\x01\x07\x1b[31m\x7f\x85b",
    "directions": "\u202eabc\u2066\ufeff\u200b",
    "half a character": "\ud800",
    "a zero byte": "a\x00b",
    "beyond the first plane": "\U0001f4a3" * 50,
    "other digits": "\u0662\u0660\u0662\u0662",
    "line breaks": "a\nb\r\n\u2028c",
    "a huge number": 10**30,
    "a large number": 2**63,
    "minus one": -1,
    "a fraction": 0.1,
    "a number in a text": "1e999999",
    "digits": "9" * 4_000,
    "not a number": "NaN",
    "infinite": "Infinity",
    "a list": [1, None, "x"],
    "an object": {"": {"x": []}},
    "nested": NESTED,
    "a day that is not": "2022-02-30",
    "the first year": "0000-01-01",
    "a path": "../../etc/passwd",
    "a formula of a spreadsheet": "=1+1",
}
Place = tuple[str | int, ...]


def places(document: JsonValue, above: Place = ()) -> Iterator[Place]:
    """Every place of a document, from the outermost; of the items of a list, the first."""
    if above:
        yield above
    if isinstance(document, dict):
        for key, value in document.items():
            yield from places(value, (*above, key))
    elif isinstance(document, list) and document:
        yield from places(document[0], (*above, 0))


def replaced(document: JsonValue, place: Place, value: JsonValue) -> JsonValue:
    """The document with another value in a place."""
    if not place:
        return value
    if isinstance(document, dict):
        return {
            key: replaced(member, place[1:], value) if key == place[0] else member for key, member in document.items()
        }
    assert isinstance(document, list)
    return [replaced(item, place[1:], value) if index == place[0] else item for index, item in enumerate(document)]


def renamed(document: JsonValue, place: Place, name: str) -> JsonValue:
    """The document with another name for the key of a place, where it is a key."""
    if isinstance(document, list):
        return [renamed(item, place[1:], name) if index == place[0] else item for index, item in enumerate(document)]
    assert isinstance(document, dict)
    if len(place) == 1:
        return {name if key == place[0] else key: value for key, value in document.items()}
    return {key: renamed(value, place[1:], name) if key == place[0] else value for key, value in document.items()}
