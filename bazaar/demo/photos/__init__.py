"""Pictures for the demo's products, drawn by a script: no camera, no foreign rights.

A product's name decides what is drawn (`kinds`), its seed the colours, the cloth's motif and the
scene. Flat shapes, drawn at twice the size, in the colours of batik and spices.
"""

from random import Random

from PIL import Image

from bazaar.demo.photos import scenes
from bazaar.demo.photos.kinds import KINDS, kind_of

__all__ = ["KINDS", "draw", "kind_of"]


def draw(name: str, cluster: str, *, seed: int | str, size: int = 640) -> Image.Image:
    """Draw a product, `size` pixels square, in RGB. The same arguments give the same picture."""
    kind = KINDS[kind_of(name, cluster, seed=seed)]
    pick = Random(f"{name}:{seed}")  # noqa: S311 - chance for a picture, not for a secret
    if kind.flat:
        pen, look = scenes.cloth(size, pick, kind.looks or scenes.LIGHT)
    else:
        pen, look = scenes.stage(size, pick, kind.looks or (*scenes.LIGHT, *scenes.DARK))
    kind.paint(pen, look, name, pick)
    return pen.finished()
