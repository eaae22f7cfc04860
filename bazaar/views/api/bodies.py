"""What programs send: read and checked by pydantic before anything else happens."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bazaar import phones
from bazaar.baskets import MAX_LINES, MAX_QUANTITY
from bazaar.rules.references import normalise_claim_code

NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"


def _claim_code(text: str) -> str:
    code = normalise_claim_code(text)
    if code is None:
        raise ValueError("is no claim code, like B07")
    return code


def _line(length: int, least: int = 0) -> StringConstraints:
    return StringConstraints(
        strip_whitespace=True, min_length=least, max_length=length, pattern=NO_CONTROLS
    )


ClaimCode = Annotated[
    str, StringConstraints(min_length=2, max_length=12), AfterValidator(_claim_code)
]


class Body(BaseModel):
    """Whatever else is in it is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LineBody(Body):
    """So many pieces of a product, by its claim code."""

    product: ClaimCode
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)]


class BuyerBody(Body):
    """Who buys, and where it goes. At home `village_code` is Kemendagri's: 35.09.21.1002."""

    name: Annotated[str, _line(120, 1)]
    phone: Annotated[str, _line(40, 4)]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = phones.HOME
    village_code: Annotated[str, StringConstraints(max_length=13)] = ""
    street: Annotated[str, _line(200, 1)]
    area: Annotated[str, _line(200)] = ""
    postal_code: Annotated[str, _line(12)] = ""
    note: Annotated[str, _line(200)] = ""

    @property
    def e164(self) -> str | None:
        """The telephone number, None if nobody can have it."""
        return phones.read_phone(self.phone, self.country)


class OrderBody(Body):
    """What is ordered. `courier`: of every seller, else the cheapest; `total_idr`: as agreed."""

    lines: Annotated[list[LineBody], Field(min_length=1, max_length=MAX_LINES)]
    buyer: BuyerBody
    courier: Annotated[str, _line(40)] = ""
    total_idr: Annotated[int | None, Field(ge=1, le=10**11)] = None
