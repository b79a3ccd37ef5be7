"""What aika seals is opened by nobody else, and for nothing else."""

from aika.application.sign_in.sealing import Sealing

INSTALLATION = b"one installation of aika"


def test_what_was_sealed_is_opened_for_what_it_was_sealed_for_alone() -> None:
    sealing = Sealing(INSTALLATION, "secret")
    sealed = sealing.seal_text(b"content", of="attempt")

    assert sealing.unseal_text(sealed, of="attempt") == b"content"
    assert sealing.unseal_text(sealed, of="a session's id") is None


def test_what_another_secret_sealed_is_not_opened() -> None:
    sealed = Sealing(INSTALLATION, "secret").seal(b"content", of="attempt")

    assert Sealing(INSTALLATION, "another").unseal(sealed, of="attempt") is None
    assert Sealing(b"another installation", "secret").unseal(sealed, of="attempt") is None


def test_what_was_changed_is_not_opened_and_content_is_not_readable() -> None:
    sealing = Sealing(INSTALLATION, None)
    sealed = sealing.seal(b"content", of="attempt")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])

    assert b"content" not in sealed
    assert sealing.unseal(changed, of="attempt") is None
    assert sealing.unseal(b"", of="attempt") is None
