"""What programs send: read and checked by pydantic before anything else happens.

The document of the API is made of the same models. So lengths are those of what is sent, and what
no schema can say has a `format` of its own.
"""

from functools import cached_property
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from bazaar import phones, regions
from bazaar.baskets import MAX_LINES, MAX_QUANTITY
from bazaar.rules.references import normalise_claim_code

NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
NOT_BLANK = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000][^\x00-\x1f\x7f]*$"
VILLAGE_CODE = r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}$"
KEY = r"^[\x21-\x7e]{8,255}$"


def _claim_code(text: str) -> str:
    code = normalise_claim_code(text)
    if code is None:
        raise PydanticCustomError("unknown_claim_code", "is no claim code, like B07")
    return code


def _whole(value: Any) -> Any:
    """Take 42.0 for 42, which JSON takes for the same."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _list_countries(schema: dict[str, Any]) -> None:
    schema["enum"] = sorted(country.code for country in regions.countries("en"))


def _line(length: int, pattern: str = NO_CONTROLS, **more: Any) -> Any:
    return Field(max_length=length, pattern=pattern, **more)


Stripped = AfterValidator(str.strip)
ClaimCode = Annotated[
    str,
    Field(
        min_length=2,
        max_length=12,
        description="Written as people do: B07, b7, B-07",
        json_schema_extra={"format": "claim-code"},
    ),
    AfterValidator(_claim_code),
]


class Body(BaseModel):
    """Whatever else is in it is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LineBody(Body):
    """So many pieces of a product, by its claim code."""

    product: ClaimCode
    quantity: Annotated[
        int, Field(strict=True, ge=1, le=MAX_QUANTITY, examples=[2]), BeforeValidator(_whole)
    ]


class BuyerBody(Body):
    """Who buys, and where it goes. At home `village_code` is Kemendagri's: 35.09.21.1002."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {
                    "required": ["village_code"],
                    "properties": {
                        "country": {"const": phones.HOME},
                        "village_code": {"format": "village-code", "pattern": VILLAGE_CODE},
                    },
                },
                {
                    "required": ["country"],
                    "properties": {"country": {"not": {"const": phones.HOME}}},
                },
            ]
        }
    )

    name: Annotated[str, _line(120, NOT_BLANK, examples=["Siti Aminah"]), Stripped]
    phone: Annotated[
        str,
        _line(40, examples=["0812 3456 7890"], json_schema_extra={"format": "telephone"}),
        Stripped,
    ]
    country: Annotated[
        str,
        Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1", json_schema_extra=_list_countries),
    ] = phones.HOME
    village_code: Annotated[
        str,
        Field(
            max_length=13,
            description="Of Kemendagri, in Indonesia only",
            examples=["35.09.21.1002"],
        ),
    ] = ""
    street: Annotated[str, _line(200, NOT_BLANK, examples=["Jalan Jawa 10"]), Stripped]
    area: Annotated[str, _line(200, description="Abroad: city and state"), Stripped] = ""
    postal_code: Annotated[str, _line(12, description="Abroad"), Stripped] = ""
    note: Annotated[str, _line(200), Stripped] = ""

    @cached_property
    def e164(self) -> str | None:
        """The telephone number, None if nobody can have it."""
        return phones.read_phone(self.phone, self.country)


class OrderBody(Body):
    """What is ordered. `courier`: of every seller, else the cheapest; `total_idr`: as agreed."""

    lines: Annotated[list[LineBody], Field(min_length=1, max_length=MAX_LINES)]
    buyer: BuyerBody
    courier: Annotated[str, _line(40, description="Else the cheapest"), Stripped] = ""
    total_idr: (
        Annotated[int, Field(strict=True, ge=1, le=10**11), BeforeValidator(_whole)] | None
    ) = Field(default=None, description="What the buyer agreed to; another sum is refused")


class OrderHeader(BaseModel):
    """The client's own key for this order: the same key again is the same order."""

    idempotency_key: Annotated[
        str,
        Field(
            alias="Idempotency-Key",
            pattern=KEY,
            json_schema_extra={"format": "idempotency-key"},
            description="New for each order; good for 72 hours",
        ),
    ]


Text80 = Annotated[str, _line(80)]
Slug = Annotated[str, Field(max_length=80, pattern=r"^[a-z0-9-]+$")]
Page = Annotated[int, Field(ge=1, le=10_000)]
PerPage = Annotated[int, Field(ge=1, le=100)]


class StallsQuery(Body):
    """Which stalls: `q` are words of name, cluster, district."""

    page: Page = 1
    per_page: PerPage = 50
    q: Text80 = ""
    cluster: Annotated[str, _line(40)] = ""


class ProductsQuery(Body):
    """Which products: `q` are words of name and description, `stall` is a stall's slug."""

    page: Page = 1
    per_page: PerPage = 50
    q: Text80 = ""
    stall: Annotated[str, _line(80)] = ""


class StallPath(Body):
    """A stall."""

    slug: Slug


class ProductPath(Body):
    """A product."""

    code: ClaimCode


class OrderPath(Body):
    """The link of an order: what its placing answered as `code`."""

    token: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9_-]{43}$", description="The `code` that placing answered")
    ]
