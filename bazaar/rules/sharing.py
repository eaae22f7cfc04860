"""A sum in whole rupiah divided by weights, to the last rupiah."""

from collections.abc import Sequence


def shared(total_idr: int, weights: Sequence[int]) -> list[int]:
    """Return shares that add up to `total_idr`, each within a rupiah of its part.

    What rounding leaves goes to the largest fractions, of equal ones to the first. Without any
    weight the first gets all; without anybody there is nothing to give.
    """
    if total_idr < 0 or any(weight < 0 for weight in weights):
        raise ValueError(f"sums and weights are not negative: {total_idr=} {weights=}")
    if not weights:
        return []
    whole = sum(weights)
    if not whole:
        return [total_idr, *[0] * (len(weights) - 1)]
    shares = [total_idr * weight // whole for weight in weights]
    rests = [total_idr * weight % whole for weight in weights]
    neediest = sorted(range(len(weights)), key=lambda place: -rests[place])
    for place in neediest[: total_idr - sum(shares)]:
        shares[place] += 1
    return shares
