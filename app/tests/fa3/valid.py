"""Documents that the schema of FA(3) allows, made of the schema itself by chance: what any other program may write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Final

from liczydlo.fa3 import source, xsd
from lxml import etree

XS: Final = "{http://www.w3.org/2001/XMLSchema}"
PARTS: Final = (f"{XS}sequence", f"{XS}choice", f"{XS}element")
MANY: Final = 2  # of what may be repeated
WORDS: Final = (
    "usługa", "Łęg & „Żółw”", "<b>x</b>", "a#b", "$x^2$", "*gwiazdki*", "_dół_", "`kod`", "[nawias]", "@wzmianka",
    "C:\\temp\\n", "//komentarz", "~", "---", "100%", "{{ x }}", "{% y %}", "'", '"', "فاتورة ضريبية", "חשבונית",
    "請求書", "Ελλάδα", "Счёт", "🫖👩\u200d👩\u200d👧", "e\u0301", "a\u00a0b", "sło\u00adwo", "\u202eodwrotnie\u202c",
    "bardzodługiesłowo" * 6, "1,5", "0012", "=1+1", "-", "NULL", "30.02", "²½", "1.", "#set", "/*", "*/", "\ufb01",
)  # fmt: skip
"""What a text is made of: other alphabets, marks of HTML, of Typst and of spreadsheets, letters without width."""
PATTERNS: Final[Mapping[str, tuple[str, ...]]] = {
    "[1-9]((\\d[1-9])|([1-9]\\d))\\d{7}": ("5261040828", "8567346215", "5252248481", "1111111111"),
    "[1-9]((\\d[1-9])|([1-9]\\d))\\d{7}-\\d{5}": ("5261040828-00011",),
    "(\\d|[A-Z]|\\+|\\*){1,12}": ("123456789", "X+*9", "0"),
    "[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3}){0,1}": ("BREXPLPWXXX", "BREXPLPW"),
    "[0-9]{3}[a-zA-Z0-9]{10}": ("123AbCdEfGhIj",),
    "\\d{10}": ("0000123456",),
    "\\d{9}": ("012345678",),
    "\\d{14}": ("01234567890123",),
    "(.)+@(.)+": ("a@b", "anna.żółć+faktury@przykład.example", "x" * 60 + "@" + "y" * 120 + ".example"),
}
"""Values of each pattern of a text, but for those of a link and of a number of KSeF."""
LINK: Final = "https://platnosci.example.com/zaplac?x=1&IPKSeF=123AbCdEfGhIj"
KSEF_NUMBER: Final = "5265877635-20251123-0A1B2C3D4E5F-9A"


@cache
def _types() -> Mapping[str, etree._Element]:
    """Types and elements of the schema's files by their names with prefixes."""
    known = {}
    for name, content in xsd.files().items():
        prefix = "tns:" if name.startswith("schemat") else "etd:"
        for one in etree.fromstring(content):
            if one.get("name"):
                known[prefix + one.get("name", "")] = one
    return known


def document(chance: Random, *, whole: bool = False, **fixed: str) -> bytes:
    """One document. ``whole``: with all that may be left out, else each part by chance. ``fixed`` are the texts of
    elements by their names."""
    root = _Maker(chance, fixed, 1.0 if whole else chance.choice((0.05, 0.3, 0.6, 0.9))).root()
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


class _Maker:
    def __init__(self, chance: Random, fixed: Mapping[str, str], share: float) -> None:
        """``share``: how often what may be left out is there."""
        self.chance = chance
        self.fixed = fixed
        self.share = share

    def root(self) -> etree._Element:
        made = etree.Element(source.ROOT, nsmap={None: source.NAMESPACE})
        self._fill(made, _types()["tns:Faktura"])
        return made

    def _fill(self, made: etree._Element, declared: etree._Element) -> None:
        name = declared.get("name", "")
        kind = declared.find(f"{XS}complexType")
        kind = kind if kind is not None else _types().get(declared.get("type", ""))
        if kind is None or kind.tag != f"{XS}complexType":
            made.text = self.fixed.get(name) or declared.get("fixed") or self._simple(declared)
            return
        for attribute in (*kind.iterfind(f"{XS}attribute"), *kind.iterfind(f"*/{XS}extension/{XS}attribute")):
            made.set(attribute.get("name", ""), attribute.get("fixed") or self._simple(attribute))
        extension = kind.find(f"*/{XS}extension")
        base = None if extension is None else _types()[extension.get("base", "")]
        if base is not None and base.tag == f"{XS}simpleType":
            made.text = self.fixed.get(name) or self._simple(base)
        else:
            made.extend(self._within(kind if base is None else base))

    def _within(self, kind: etree._Element) -> Iterator[etree._Element]:
        for one in kind:
            if one.tag in PARTS:
                for _ in range(self._times(one)):
                    yield from self._once(one)

    def _once(self, one: etree._Element) -> Iterator[etree._Element]:
        if one.tag == f"{XS}element":
            made = etree.Element(f"{{{source.NAMESPACE}}}{one.get('name')}")
            self._fill(made, one)
            yield made
        elif one.tag == f"{XS}sequence":
            yield from self._within(one)
        else:
            branch = self.chance.choice([each for each in one if each.tag in PARTS])
            for _ in range(self._times(branch)):
                yield from self._once(branch)

    def _times(self, one: etree._Element) -> int:
        least, most = int(one.get("minOccurs", "1")), int(one.get("maxOccurs", "1"))
        if least == 0 and self.chance.random() >= self.share:
            return 0
        return self.chance.randint(max(least, 1), min(most, MANY)) if most > 1 else 1

    def _simple(self, declared: etree._Element) -> str:
        """A value of a type, by the facets of the type itself and of those that it restricts."""
        facets: dict[str, list[str]] = {}
        base = declared.get("type", "")
        within = declared if declared.tag == f"{XS}simpleType" else declared.find(f"{XS}simpleType")
        while (kind := within if within is not None else _types().get(base)) is not None:
            union = kind.find(f"{XS}union")
            restriction = (kind if union is None else self.chance.choice(list(union))).find(
                f"{XS}restriction"
            )
            assert restriction is not None
            own: dict[str, list[str]] = {}
            for facet in restriction:
                own.setdefault(etree.QName(facet).localname, []).append(facet.get("value", ""))
            facets = {**own, **facets}
            base, within = restriction.get("base", ""), None
        return self._value(base.rpartition(":")[2], facets)

    def _value(self, base: str, facets: Mapping[str, list[str]]) -> str:
        chance = self.chance
        if "enumeration" in facets:
            return chance.choice(facets["enumeration"])
        match base:
            case "decimal":
                return self._amount(facets)
            case "integer" | "nonNegativeInteger":
                return str(chance.choice((1, 2, 7, chance.randint(1, 9999))))
            case "date":
                return f"{chance.randint(2017, 2025)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
            case "dateTime":
                zone = chance.choice(("Z", "", "+01:00", ".123Z"))
                return f"2025-{chance.randint(10, 11)}-{chance.randint(1, 28):02}T0{chance.randint(0, 9)}:05:00{zone}"
        pattern = facets.get("pattern", [""])[0]
        if pattern:
            special = LINK if pattern.startswith("(https?)") else KSEF_NUMBER
            return chance.choice(PATTERNS.get(pattern, (special,)))
        least, most = (
            int(facets.get(name, [text])[0]) for name, text in (("minLength", "0"), ("maxLength", "256"))
        )
        return self._text(least, most, base)

    def _amount(self, facets: Mapping[str, list[str]]) -> str:
        chance = self.chance
        most = int(facets["fractionDigits"][0])
        places = chance.randint(0, most)
        if "maxInclusive" in facets:
            return f"{chance.uniform(0, 100):.{places}f}"
        digits = chance.choice((1, 3, 5, int(facets["totalDigits"][0]) - most))
        whole = chance.randint(10 ** (digits - 1), 10**digits - 1) if chance.random() < 0.95 else 0
        part = "".join(chance.choice("0123456789") for _ in range(places))
        return f"{chance.choice(('', '', '', '-'))}{whole}{'.' * bool(part)}{part}"

    def _text(self, least: int, most: int, base: str) -> str:
        chance = self.chance
        if least == 0 and chance.random() < 0.3:
            return ""
        wanted = chance.choice((least, 12, 40, most))
        words = [chance.choice(WORDS)]
        while len(" ".join(words)) < wanted:
            words.append(chance.choice(WORDS))
        apart = chance.choice((" ", "\n", "\n\n", "\t", "  ")) if base == "string" and most > 1000 else " "
        text = apart.join(words)[:most].strip()
        return text if len(text) >= max(least, 1) else "x" * max(least, 1)
