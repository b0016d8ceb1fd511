"""The verifier: says, from the bytes of the events alone, whether a record is the one that was signed.

It imports nothing of the service: Python's standard library and `cryptography`. Every evidence pack carries it, whole:

    python3 -m initinere_verify PACK.zip [--against CHECKPOINT]

Exit status 0 and a statement, or 1 and the first thing that fails, with what was expected and what was found.

`trees` hashes and proves (RFC 9162, RFC 6962), and reads keys and checkpoints (C2SP signed-note, tlog-checkpoint);
`signed` holds the record against its keys and checkpoints; `record` walks every event, `diagnosis` names what differs,
`stamps` checks time stamps; `fold` derives the plan from events, `shown` compares it with what is shown; `pack` opens a
pack; `__main__` is the command; `sources` says what a record is, and a verdict.
"""
