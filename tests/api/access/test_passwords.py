"""New passwords and their refusals; hashes, those of nobody included, and how many are made at a time."""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters

from api.access.passwords import (
    COST,
    LONGEST,
    SHORTEST,
    HashCost,
    PasswordCheck,
    PasswordHashing,
    PasswordRefused,
    SignInBusy,
    require_good_password,
)

GOOD = "pioggia tenda 9 lumaca"
CHEAP = HashCost(memory_kib=64, passes=1, lanes=1)
HASHING = PasswordHashing(CHEAP)


def refusal(password: str, login: str = "m.rossi", name: str = "Mario Rossi") -> str:
    with pytest.raises(PasswordRefused) as refused:
        require_good_password(password, login=login, name=name)
    assert password not in str(refused.value)
    assert refused.value.problem.where == "password"
    return refused.value.problem.found


@pytest.mark.parametrize(
    "password",
    [GOOD, "Perché no? Già!", "a-b-c-d-e-f-g", "x" * 8 + "abcdefgh" * 15, "rossi e neri vanno al mare", "èéàòùìç-ñüöä"],
)
def test_a_long_password_is_taken_whatever_it_is_made_of(password: str) -> None:
    require_good_password(password, login="m.rossi", name="Mario Rossi")


def test_characters_are_counted_in_the_normal_form() -> None:
    decomposed = "perche\u0301 no, gi"
    assert len(decomposed) == 14
    require_good_password(decomposed, login="x", name="")
    assert refusal("e\u0301" * 11) == "la password ha 11 caratteri"
    assert refusal("abcdefg" * 30) == "la password è troppo lunga"
    assert refusal("a\u0300" * 1_000_000) == "la password è troppo lunga"
    assert "8 caratteri" in refusal("breve-12")
    assert (SHORTEST, LONGEST) == (12, 128)


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword", "Password2026!", "P@ssw0rd2026!", "123456789012", "098765432109", "qwertyuiop123", "qwertyuiopasdf",
        "1q2w3e4r5t6y", "!!Benvenuto2026", "cameradicommercio", "Camera di commercio 1", "\uff50assword\uff12026", "mlkjihgfedcb",
        "performance-2026",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert refusal(password) == "la password è fra quelle che si provano per prime"


@pytest.mark.parametrize("password", ["abababababab", "1111111111111", "aAaAaAbBbBbB"])
def test_a_pattern_of_few_characters_is_refused(password: str) -> None:
    assert "ripete sempre gli stessi" in refusal(password)


@pytest.mark.parametrize("password", ["tabulazione\there", "nulla\x00di nulla", "mezzo \ud800 carattere"])
def test_signs_that_no_keyboard_writes_are_refused(password: str) -> None:
    assert "tastiera" in refusal(password)


@pytest.mark.parametrize(
    ("password", "login", "name", "whose"),
    [
        ("m.rossi sempre", "m.rossi", "", "il nome utente"),
        ("MARIO.ROSSI-59x", "mario.rossi", "", "il nome utente"),
        ("anna.bianchi#77", "anna.bianchi@ente.example", "", "il nome utente"),
        ("mario rossi 1970", "utente7", "Mario Rossi", "il nome della persona"),
        ("Rossi_Mario_1970", "utente7", "Mario Rossi", "il nome della persona"),
    ],
)
def test_the_login_and_the_name_are_not_passwords(password: str, login: str, name: str, whose: str) -> None:
    assert refusal(password, login, name) == f"la password contiene {whose}"


def test_a_short_login_does_not_forbid_its_letters() -> None:
    require_good_password("la pioggia di aprile", login="pio", name="Al")


def test_a_hash_says_its_cost_and_checks_in_any_spelling_of_the_same_letters() -> None:
    stored = HASHING.hash_password("Perche\u0301 no? Già!")
    assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert HASHING.check_password("Perch\u00e9 no? Già!", stored) == PasswordCheck(right=True)
    assert HASHING.check_password("perch\u00e9 no? Già!", stored) == PasswordCheck(right=False)
    assert HASHING.hash_password(GOOD) != HASHING.hash_password(GOOD)


@pytest.mark.parametrize("password", ["", "\ud800" * 12, "\x00", "a\u0300" * 500_000, GOOD[:-1], GOOD + " "])
def test_any_other_text_is_wrong_and_breaks_nothing(password: str) -> None:
    assert HASHING.check_password(password, HASHING.hash_password(GOOD)) == PasswordCheck(right=False)
    assert HASHING.check_password(password, None) == PasswordCheck(right=False)


def test_the_hash_of_nobody_is_of_the_installed_cost_and_no_password_has_it() -> None:
    parameters = extract_parameters(PasswordHashing()._of_nobody)
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == COST[:3]
    assert (parameters.salt_len, parameters.hash_len) == (COST.salt_bytes, COST.hash_bytes)


def test_an_account_that_is_not_there_takes_as_long_as_a_wrong_password() -> None:
    hashing = PasswordHashing(HashCost(memory_kib=8_192, passes=3, lanes=1))
    stored = hashing.hash_password(GOOD)

    def median(subject: str | None) -> float:
        times = []
        for _ in range(9):
            begun = time.thread_time()
            assert not hashing.check_password("un altra password", subject).right
            times.append(time.thread_time() - begun)
        return statistics.median(times)

    assert 0.5 < median(None) / median(stored) < 2


def test_a_right_password_is_hashed_again_when_the_cost_was_raised_and_a_wrong_one_is_not() -> None:
    raised = PasswordHashing(CHEAP._replace(passes=2))
    stored = HASHING.hash_password(GOOD)
    assert raised.check_password(GOOD + "x", stored) == PasswordCheck(right=False)
    check = raised.check_password(GOOD, stored)
    assert check.right
    assert check.rehashed is not None
    assert ",t=2," in check.rehashed
    assert raised.check_password(GOOD, check.rehashed) == PasswordCheck(right=True)


class CredulousHasher(PasswordHasher):
    """A hasher that takes every password for right."""

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        del hash, password
        return True


def test_no_password_is_right_of_an_account_that_has_none_even_if_it_were_that_of_nobody() -> None:
    hashing = PasswordHashing(CHEAP)
    hashing._hasher = CredulousHasher()
    assert hashing.check_password(GOOD, None) == PasswordCheck(right=False)


class HeldHasher(PasswordHasher):
    """A hasher that counts how many are at work, and ends when it is told to."""

    def __init__(self) -> None:
        super().__init__(time_cost=CHEAP.passes, memory_cost=CHEAP.memory_kib, parallelism=CHEAP.lanes)
        self.go_on, self.lock = threading.Event(), threading.Lock()
        self.at_work = self.most = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        with self.lock:
            self.at_work += 1
            self.most = max(self.most, self.at_work)
        assert self.go_on.wait(30)
        with self.lock:
            self.at_work -= 1
        return super().verify(hash, password)


def test_a_few_hashes_are_made_at_a_time_some_wait_and_beyond_them_the_service_is_busy() -> None:
    hashing = PasswordHashing(CHEAP, at_a_time=2, waiting=3)
    hashing._hasher = hasher = HeldHasher()
    with ThreadPoolExecutor(5) as pool:
        checks = [pool.submit(hashing.check_password, GOOD, None) for _ in range(5)]
        while hasher.at_work < 2 or hashing._places._value:
            time.sleep(0.001)
        with pytest.raises(SignInBusy) as busy:
            hashing.check_password(GOOD, None)
        hasher.go_on.set()
        assert [check.result() for check in checks] == [PasswordCheck(right=False)] * 5
    assert hasher.most == 2
    assert (busy.value.status, busy.value.retry_after) == (503, 2)
    assert not hashing.check_password(GOOD, None).right  # its place was given back
