"""What is due is told of the offices whose values somebody records, and of all to whoever records none."""

from pathlib import Path

from tests.support.chamber import OWN, PUBLISHED, Chambers


def test_a_responsible_sees_the_values_of_its_own_offices_and_the_others_see_all(tmp_path: Path) -> None:
    chambers = Chambers(tmp_path)
    body = {"as_at": "2022-06-30", "due_by": "2022-07-15"}
    chambers.harness.on("2022-07-01")
    path = f"/v1/plans/{PUBLISHED[OWN]}"
    assert chambers.ask("POST", f"{path}/rounds", chambers.token("planner"), body).status_code == 201

    def offices(role: str) -> set[str]:
        rows = chambers.ask("GET", f"{path}/deadlines", chambers.token(role)).json()["deadlines"]  # type: ignore[arg-type]
        return {row["office"] for row in rows if row["kind"] == "values"}

    assert offices("responsible") == {"Servizio Bilancio"}
    assert offices("planner") == offices("oiv") >= {"Servizio Bilancio"}
    chambers.close()
