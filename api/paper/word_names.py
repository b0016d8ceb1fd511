"""The styles of Word that documents are set in: what each is for, and how its own interface calls it in Italian."""

from collections.abc import Mapping
from typing import Literal

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
"""The namespace of a document of Word, before each name."""
StyleUse = Literal[
    "Title", "Subtitle", "heading 1", "heading 2", "heading 3", "heading 4", "List Bullet", "Table Grid",
    "In Itinere cella", "In Itinere gruppo", "In Itinere introduzione", "In Itinere nota", "In Itinere da scrivere",
]  # fmt: skip
"""A style by the name that a file has for it, whatever the language of the program."""
STYLE_WORDS: Mapping[StyleUse, str] = {
    "Title": "Titolo (Title)",
    "Subtitle": "Sottotitolo (Subtitle)",
    "heading 1": "Titolo 1 (Heading 1)",
    "heading 2": "Titolo 2 (Heading 2)",
    "heading 3": "Titolo 3 (Heading 3)",
    "heading 4": "Titolo 4 (Heading 4)",
    "List Bullet": "Punto elenco (List Bullet)",
    "Table Grid": "Griglia tabella (Table Grid)",
    "In Itinere cella": "In Itinere cella",
    "In Itinere gruppo": "In Itinere gruppo",
    "In Itinere introduzione": "In Itinere introduzione",
    "In Itinere nota": "In Itinere nota",
    "In Itinere da scrivere": "In Itinere da scrivere",
}
REQUIRED: tuple[StyleUse, ...] = (
    "Title", "Subtitle", "heading 1", "heading 2", "heading 3", "List Bullet", "Table Grid",
)  # fmt: skip
"""Those that a template must have; of the others ours are added where it has none of that name."""
