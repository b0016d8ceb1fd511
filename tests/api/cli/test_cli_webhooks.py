"""Events are subscribed to and sent by the command line, as a process of its own, to a receiver on this machine."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.harness import ServiceHarness
from tests.support.https import certificates
from tests.support.receiver import receiving


def test_events_are_sent_by_a_process_until_it_is_told_to_stop(tmp_path: Path, sqlite_path: Path) -> None:
    # given
    harness = ServiceHarness(sqlite_path)
    harness.load()
    harness.store.close()
    trusted, certificate = certificates(tmp_path)
    environment = os.environ | {
        "INITINERE_DATABASE": str(sqlite_path),
        "INITINERE_KEYS": str(tmp_path / "signing.key"),
        "INITINERE_CA_FILE": str(trusted),
        "INITINERE_WEBHOOK_NETWORKS": "127.0.0.0/8",
    }

    def run(*words: str) -> str:
        command = [sys.executable, "-c", "from api.cli import main; main()", *words]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
        return ended.stdout

    with receiving(certificate) as receiver:
        # when
        told = run("webhooks", "subscribe", "cciaa-prova", receiver.address, "--after-position", "0")
        # then: the secret is shown, and its receiver is
        assert re.search(r"whsec_[A-Za-z0-9+/]{43}=", told)
        (webhook,) = set(re.findall(r"wh-[a-z2-7]{16}", told))
        assert "whsec_" not in run("webhooks", "list", "cciaa-prova", "--json")
        # and what is due is sent once
        taken = len(receiver.received)
        assert run("webhooks", "deliver") == f"Consegnati {len(receiver.received)} eventi.\n"
        assert len(receiver.received) > taken == 0
        assert json.loads(run("webhooks", "deliver", "--json")) == {"delivered": 0}
        assert run("webhooks", "undelivered", "cciaa-prova", webhook, "--json").count('"position"') == 0
        run("webhooks", "end", "cciaa-prova", webhook)
        assert webhook not in run("webhooks", "list", "cciaa-prova")
