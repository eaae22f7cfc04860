"""Lists of sellers and products that the committee keeps anyway: read, shown for review, applied.

Nothing of a list is stored before somebody has seen what would change and confirmed it; then all
good rows are, in one transaction, once. The same list again changes nothing.
"""

from bazaar.imports.applying import Applied, apply
from bazaar.imports.drafts import Draft, NoSuchDraft, get, latest, make
from bazaar.imports.examples import EXAMPLES, NoSuchExample, example
from bazaar.imports.reviewing import Line, Review, Status, review

__all__ = [
    "EXAMPLES",
    "Applied",
    "Draft",
    "Line",
    "NoSuchDraft",
    "NoSuchExample",
    "Review",
    "Status",
    "apply",
    "example",
    "get",
    "latest",
    "make",
    "review",
]
