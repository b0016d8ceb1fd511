"""Holds docs/openapi.json against the Italian rules for interfaces, and keeps what came of it in docs/api-rules.json.

Run as `make api-rules RULESET=spectral.yml`, before a release. The rules are those of the Dipartimento per la trasformazione
digitale (italia/api-oas-checker-rules), in the profile that the catalogue of PDND asks for; they are not ours to carry
about, so whoever runs this brings the file of the release that `RELEASE` names. What judges by them is in api-rules/, and
its lock file says which.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DESCRIPTION = ROOT / "docs" / "openapi.json"
RESULT = ROOT / "docs" / "api-rules.json"
FOLDER = ROOT / "api-rules"
PROGRAM = FOLDER / "node_modules" / ".bin" / "spectral"

PROFILE = "Italian Guidelines Full"
RELEASE = "2.3"
SEVERITIES = ("errors", "warnings", "notes", "hints")
"""What Spectral's severities are called, from 0 on."""


def profile_and_release(ruleset: str) -> tuple[str, str]:
    """The profile and the release that the first lines of a ruleset name; empty where they name none."""
    heads = {
        name.strip(): value.strip()
        for name, separator, value in (line.lstrip("#").partition(":") for line in ruleset.splitlines()[:2])
        if separator
    }
    return heads.get("Ruleset name", ""), heads.get("Ruleset version", "")


def result_of(findings: list[dict[str, Any]], ruleset: bytes, description: bytes) -> dict[str, Any]:
    """What is kept: who judged_description, by what, over which bytes, how much was found, and where."""
    severities = Counter(SEVERITIES[finding["severity"]] for finding in findings)
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    name = "@stoplight/spectral-cli"
    return {
        "judged_by": {name: lock["packages"][f"node_modules/{name}"]["version"]},
        "rules": {"profile": PROFILE, "release": RELEASE, "sha256": sha256(ruleset).hexdigest()},
        "description": {"file": f"docs/{DESCRIPTION.name}", "sha256": sha256(description).hexdigest()},
        **{severity: severities[severity] for severity in SEVERITIES},
        "findings": [
            {
                "severity": SEVERITIES[finding["severity"]],
                "rule": finding["code"],
                "at": "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in finding["path"]),
                "words": finding["message"],
            }
            for finding in findings
        ],
    }


def judged_description(ruleset: Path) -> list[dict[str, Any]]:
    """What Spectral finds in the description by a ruleset."""
    with tempfile.NamedTemporaryFile(suffix=".json") as findings:
        command: list[str | Path] = [
            PROGRAM,
            "lint",
            "--ruleset",
            ruleset,
            "--format",
            "json",
            "--output",
            findings.name,
            DESCRIPTION,
        ]
        ended = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own command
        text = Path(findings.name).read_text(encoding="utf-8")
    if ended.returncode not in {0, 1} or not text:  # 1 says that something was found
        sys.exit(ended.stderr or ended.stdout)
    found: list[dict[str, Any]] = json.loads(text)
    return found


def main(arguments: list[str]) -> int:
    """Judges, writes the result, and says whether it is without errors and warnings."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        sys.exit(f"RULESET=FILE: spectral.yml of release {RELEASE} of italia/api-oas-checker-rules")
    ruleset = Path(arguments[0]).resolve()
    found = profile_and_release(ruleset.read_text(encoding="utf-8"))
    if found != (PROFILE, RELEASE):
        sys.exit(f"{ruleset} is {' '.join(found) or 'no ruleset'}, not {PROFILE} {RELEASE}")
    result = result_of(judged_description(ruleset), ruleset.read_bytes(), DESCRIPTION.read_bytes())
    RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for finding in result["findings"]:
        sys.stdout.write(f"{finding['severity']}: {finding['rule']} at {finding['at']}: {finding['words']}\n")
    counted = ", ".join(f"{result[severity]} {severity}" for severity in SEVERITIES)
    sys.stdout.write(f"{PROFILE} {RELEASE}: {counted}\n{RESULT}\n")
    return int(bool(result["errors"] or result["warnings"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
