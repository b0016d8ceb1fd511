"""A proof that is shown is worked out again: what was altered does not come out, and says where."""

from copy import deepcopy

from api.pages.proof_shown import ProofShown, proof_shown
from projections.proof.log import public_keys
from projections.proof.receipt import EventProof, receipt
from tests.api.pages.changed_plan import ChangedPlan
from tests.support.harness import PLAN


def proved(changed: ChangedPlan, **altered: object) -> ProofShown:
    """The proof of an event, with something of it altered."""
    with changed.harness.store.reading() as reader:
        proof: EventProof = deepcopy(receipt(reader, f"plan/{PLAN}", changed.eased))
        proof.update(altered)  # type: ignore[typeddict-item]  # on purpose
        return proof_shown(proof, public_keys(reader))


def test_a_proof_holds_up_to_the_signature(changed: ChangedPlan) -> None:
    shown = proved(changed)
    assert shown.holds
    assert shown.steps[-1].node == shown.stream_root
    assert shown.head_steps[-1].node == shown.root


def test_bytes_that_were_altered_do_not_give_the_leaf(changed: ChangedPlan) -> None:
    shown = proved(changed, state="{}")
    assert (shown.leaf_holds, shown.stream_holds, shown.root_holds, shown.holds) == (False, False, True, False)


def test_a_path_that_no_tree_of_the_size_has_gives_no_step(changed: ChangedPlan) -> None:
    shown = proved(changed, path=["00" * 32] * 40)
    assert (shown.steps, shown.stream_holds, shown.holds) == ([], False, False)


def test_a_root_that_was_altered_is_not_the_one_that_is_signed(changed: ChangedPlan) -> None:
    shown = proved(changed, root="00" * 32)
    assert (shown.stream_holds, shown.root_holds, shown.holds) == (False, False, False)


def test_a_note_that_no_key_of_ours_signed_says_so(changed: ChangedPlan) -> None:
    with changed.harness.store.reading() as reader:
        proof = deepcopy(receipt(reader, f"plan/{PLAN}", changed.eased))
        proof["checkpoint"]["note"] = proof["checkpoint"]["note"].replace("\nnumber ", "\nnumber 1", 1)
        shown = proof_shown(proof, public_keys(reader))
        assert (shown.root_holds, shown.signer, shown.holds) == (True, "", False)
        assert proof_shown(receipt(reader, f"plan/{PLAN}", changed.eased), []).signer == ""
