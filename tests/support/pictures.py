"""The pictures of the pages in docs/: `python -m tests.support.pictures` makes them anew from the examples, in a real browser."""

import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.support.browser import browsing
from tests.support.site import RIVIERE, example_site, visiting

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
PLAN = f"/piani/{RIVIERE}"


class Picture(NamedTuple):
    """A picture of a page: its file, its address, how wide the window is."""

    name: str
    address: str
    width: int = 1280


PICTURES = (
    Picture("piani", "/"),
    Picture("piano", f"{PLAN}?as_of=2022-12-31"),
    Picture("piano-telefono", f"{PLAN}?as_of=2022-12-31", 390),
    Picture("confronto", f"{PLAN}/confronto?da=2022-06-29&a=2023-01-31"),
    Picture("indicatore", f"{PLAN}/indicatori/percentuale-di-incasso-del-diritto-annuale?as_of=2022-10-20"),
    Picture("modifiche", f"{PLAN}/modifiche?as_of=2022-12-31"),
    Picture("segnalazioni", f"{PLAN}/segnalazioni?as_of=2022-12-31"),
    Picture("punteggi", f"{PLAN}/punteggi?as_of=2022-12-31"),
    Picture("registro", f"{PLAN}/registro?as_of=2023-01-31"),
    Picture("evento", f"{PLAN}/registro/100"),
    Picture("monitoraggio", f"{PLAN}/monitoraggio?as_of=2022-12-31"),
    Picture("rimodula", f"{PLAN}/lavoro/revise_target?object=percentuale-di-incasso-del-diritto-annuale&year=2024"),
    Picture("documenti", f"{PLAN}/documenti"),
    Picture("dati", "/dati"),
    Picture("guida", "/guida"),
)


def main() -> None:
    """Makes every picture, or those that are named."""
    wanted = set(sys.argv[1:]) or {picture.name for picture in PICTURES}
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, example_site(Path(folder)) as origin, browsing() as browser:
        for picture in PICTURES:
            if picture.name not in wanted:
                continue
            with visiting(browser, origin, picture.width) as (page, _):
                page.goto(picture.address)
                page.screenshot(path=FOLDER / f"{picture.name}.png")
                sys.stdout.write(f"{picture.name}\n")


if __name__ == "__main__":
    main()
