"""The rules of a measurement system, where a document says their values in the words of people."""

from collections.abc import Mapping

from api.language.closed_lists import code_of
from api.language.system_rules import RULE_PARTS, RULE_VALUES
from domain.vocabulary import JsonValue


def rules_in_codes(rules: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The rules as they are recorded; a value that is no word of its rule stays, for the rule itself to refuse."""
    return {name: _coded(value, RULE_VALUES.get(name, {})) for name, value in rules.items()}


def _coded(value: JsonValue, words: Mapping[str, str]) -> JsonValue:
    match value:
        case str():
            return code_of(value, tuple(words)) or value
        case dict():
            return {name: _coded(part, RULE_PARTS.get(name, {})) for name, part in value.items()}
        case _:
            return value
