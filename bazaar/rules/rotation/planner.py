"""The planner: every slot gets its seller, in three steps, and says why.

In this order, a later step never worsening an earlier one: hard rules; as few empty slots as
possible; turns as even as possible (`turns`); few clashes of clusters and prime time in even
shares (`places`, then `search`); rest between the turns of one seller (`spacing`).
"""

from collections.abc import Callable

from bazaar.rules.rotation.board import NOBODY, Board
from bazaar.rules.rotation.exchange import Exchange
from bazaar.rules.rotation.places import Places, fill_up
from bazaar.rules.rotation.search import Search, words
from bazaar.rules.rotation.spacing import spread
from bazaar.rules.rotation.turns import Rounds
from bazaar.rules.rotation.why import Why
from bazaar.rules.rotation.words import Assignment, Instance, Plan

RULE = "leximin-swap/2"
"""The name of the rule; it changes whenever the same input would give another plan."""


def plan(
    instance: Instance,
    seed: str,
    *,
    iterations: int = 20_000,
    progress: Callable[[float], None] | None = None,
) -> Plan:
    """Give every slot to a seller, and tell why.

    The same instance, seed and iterations give the same plan, byte for byte. Pins are honoured
    as given: whether they agree with each other is for the caller to check. With a published
    plan this is the deliberate rebuild: what has started or lies in the freeze stays as it was,
    unless its seller dropped out; all else is planned anew. `progress` hears a share from 0 to 1.

    An iteration proposes so many exchanges as eight times the root of the number of slots: 20,000
    take about 3 seconds for 73 sellers, 6 for 1,000 and 40 for 10,000. With 0 the answer is a
    first draft: all but even prime time, in a tenth of the time or less.
    """
    board = Board(instance, seed)
    rounds = Rounds(board)
    rounds.run()
    Places(board).run()
    fill_up(board)
    search = Search(board, words(seed, instance.name))
    search.mend()
    _finish(search.exchange)
    if search.run(iterations, progress):
        _finish(search.exchange)
    why = Why(board, search.exchange.swaps())
    assignments = tuple(
        Assignment(slot.id, board.sellers[i].id)
        for slot, i in zip(board.grid.slots, board.owner, strict=False)
        if i != NOBODY
    )
    return Plan(assignments, why.reasons(), why.standings(rounds.rounds))


def _finish(exchange: Exchange) -> None:
    """Fill what has become possible to fill, and let turns of one seller rest from each other."""
    fill_up(exchange.board)
    spread(exchange)
    fill_up(exchange.board)
