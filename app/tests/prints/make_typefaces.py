# /// script
# dependencies = ["fonttools==4.66.1", "fontpkg-inter==4.1.post1"]
# ///
"""Writes ``liczydlo/prints/typefaces``: Inter (SIL Open Font License) in the two weights of our prints.

Usage, from the root of the repository: ``uv run app/tests/prints/make_typefaces.py``

Inter is one variable font. Typst takes every weight and size of it out of that anew for each print; two fonts without
axes are only cut down. All characters stay. The optical size is the one of text (14), in headings too.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import fontpkg_inter
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

INTER: Final = Path(fontpkg_inter.ROOT)
TYPEFACES: Final = Path(__file__).parents[2] / "src/liczydlo/prints/typefaces"
WEIGHTS: Final = {"Regular": 400, "SemiBold": 600}
FEATURES: Final = ["kern", "calt", "tnum", "locl", "mark", "mkmk"]
WINDOWS: Final = (3, 1, 0x409)


def main() -> None:
    """Write both fonts and their licence."""
    source = next(path for path in INTER.rglob("*.ttf") if "Italic" not in path.name)
    for style, weight in WEIGHTS.items():
        font = instancer.instantiateVariableFont(
            TTFont(source, recalcTimestamp=False), {"wght": weight, "opsz": 14}, overlap=True
        )
        _name(font, style)
        font["OS/2"].usWeightClass = weight
        options = subset.Options(
            layout_features=FEATURES, name_IDs=["*"], hinting=False, notdef_outline=True, drop_tables=["STAT"]
        )
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=list(font.getBestCmap()))
        subsetter.subset(font)
        font.save(TYPEFACES / f"Inter-{style}.ttf")
    shutil.copy(INTER / "LICENSE", TYPEFACES / "LICENSE")


def _name(font: TTFont, style: str) -> None:
    """Family and style as programs group them: Inter, in a weight (OpenType 1.9, name)."""
    names = {
        1: f"Inter {style}".removesuffix(" Regular"),
        2: "Regular",
        4: f"Inter {style}",
        6: f"Inter-{style}",
    }
    table = font["name"]
    for number in (16, 17, 25):
        table.removeNames(nameID=number)
    if style != "Regular":
        names |= {16: "Inter", 17: style}
    for number, text in names.items():
        table.setName(text, number, *WINDOWS)


if __name__ == "__main__":
    main()
