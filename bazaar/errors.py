"""The five kinds of refusal. A reason is a subclass beside the function that raises it.

Fields of the reason are its facts; `text` is the sentence for people, in Indonesian, with the
fields as placeholders. Only `bazaar.web` turns kinds into HTTP answers and translates sentences.
"""

from typing import ClassVar


def N_(text: str) -> str:
    """Mark a sentence for the translation catalogue without translating it now."""
    return text


class BazaarError(Exception):
    """Base of every refusal. Never raised itself."""

    text: ClassVar[str] = N_("Permintaan tidak dapat dipenuhi.")

    def __str__(self) -> str:
        return self.text.format(**vars(self))


class NotFound(BazaarError):
    """There is no such thing, or the caller may not know that there is."""

    text = N_("Halaman atau data ini tidak ditemukan.")


class NotAllowed(BazaarError):
    """The caller may not do this."""

    text = N_("Anda tidak berhak membuka halaman ini.")


class Conflict(BazaarError):
    """The thing exists but is not in a state that allows this."""

    text = N_("Keadaan sudah berubah. Muat ulang halaman ini.")


class Invalid(BazaarError):
    """What was sent cannot be used as it is."""

    text = N_("Data yang dikirim tidak dapat dipakai.")


class Unavailable(BazaarError):
    """Something outside, or the database, does not answer now; try again later."""

    text = N_("Sistem sedang tidak dapat dihubungi. Coba lagi sebentar lagi.")
