"""What no document may hold whatever its schema says (ksef-docs weryfikacja-faktury.md, „Weryfikacja XML")."""

from __future__ import annotations

from pathlib import Path

import pytest
from ksef_emulator.intake.refusals import Refusal
from ksef_emulator.intake.xml_rules import parse

pytestmark = pytest.mark.pure
PROLOG = '<?xml version="1.0" encoding="UTF-8"?>'


def refused(xml: bytes | str) -> str:
    """What the refusal says."""
    with pytest.raises(Refusal) as caught:
        parse(xml.encode() if isinstance(xml, str) else xml)
    assert (caught.value.code, caught.value.details[0]) == (450, "Nieprawidłowy XML")
    return caught.value.details[1]


class TestDocumentType:
    """Refused for being there, and nothing that it declares is looked at before: no entity grows, no file is read."""

    def test_entities_that_grow(self) -> None:
        layers = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 8))
        assert "xxx" not in refused(f'<!DOCTYPE a [<!ENTITY e0 "x">{layers}]><a>&e7;</a>')
        assert "DOCTYPE" in refused('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>')

    def test_an_entity_that_names_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("<not & well formed")
        file = (tmp_path / "secret").as_uri()
        assert "DOCTYPE" in refused(f'<!DOCTYPE a [<!ENTITY e SYSTEM "{file}">]><a>&e;</a>')

    def test_a_file_of_declarations(self, tmp_path: Path) -> None:
        (tmp_path / "a.dtd").write_text("<not a declaration")
        assert "DOCTYPE" in refused(f'<!DOCTYPE a SYSTEM "{(tmp_path / "a.dtd").as_uri()}"><a/>')

    def test_declarations_that_the_document_breaks(self) -> None:
        assert "DOCTYPE" in refused("<!DOCTYPE a [<!ELEMENT a (b)>]><a><c/></a>")


def test_a_tree_of_absurd_depth() -> None:
    assert "depth" in refused("<a>" * 300 + "</a>" * 300)
    assert parse(b"<a>" * 200 + b"</a>" * 200).tag == "a"


class TestInstructions:
    @pytest.mark.parametrize(
        ("xml", "line"),
        [
            (f"{PROLOG}\n<?x y?>\n<a/>", 2),
            (f"{PROLOG}\n<a/>\n<?x y?>", 3),
            (f"{PROLOG}\n<a>\n<?x y?></a>", 3),
            (f"{PROLOG}\n<a><b><c>\n\n<d>text<?x y?></d></c></b></a>", 4),
            ("<?x y?><a/>", 1),
            ("<?x?><a/>", 1),
            ('<?xml-stylesheet href="a"?><a/>', 1),
            ("<a><?x y?></a>", 1),
        ],
        ids=["before", "after", "inside", "deep", "first", "short", "stylesheet", "without a prolog"],
    )
    def test_refused_wherever_they_stand(self, xml: str, line: int) -> None:
        assert refused(xml) == f"Dokument nie może zawierać instrukcji przetwarzania. Linia {line}."

    def test_what_only_looks_like_one(self) -> None:
        assert parse(f"{PROLOG}<a><!-- <?x y?> --><![CDATA[<?x y?>]]></a>".encode()).text == "<?x y?>"


class TestEncoding:
    @pytest.mark.parametrize(
        "prolog",
        [
            "",
            '<?xml version="1.0"?>',
            PROLOG,
            "<?xml version='1.0' encoding='utf-8'?>",
            '<?xml version="1.0" encoding = "Utf-8" standalone="yes"?>',
        ],
    )
    def test_utf_8_by_any_of_its_names_or_none(self, prolog: str) -> None:
        assert parse(f"{prolog}<a>ż</a>".encode()).text == "ż"

    @pytest.mark.parametrize("name", ["ISO-8859-2", "windows-1250", "UTF-16", "US-ASCII", "utf-7"])
    def test_another_name_is_refused_even_where_the_bytes_are_utf_8(self, name: str) -> None:
        assert "UTF-8" in refused(f'<?xml version="1.0" encoding="{name}"?><a>a</a>')

    def test_a_mark_before_the_document(self) -> None:
        assert "BOM" in refused(b"\xef\xbb\xbf<a/>")

    @pytest.mark.parametrize(("before", "line"), [("", 1), ("\n", 2), ("<a>\n\n", 3)])
    def test_bytes_that_are_not_utf_8_have_their_line(self, before: str, line: int) -> None:
        assert refused(before.encode() + b"\xff\n\n").endswith(f"Linia {line}.")

    def test_what_is_not_well_formed_has_its_line(self) -> None:
        assert refused("<a>\n<b>\n</a>").startswith("Linia 3: ")


PLANE_ENDS = [plane * 0x10000 + end for plane in range(1, 17) for end in (0xFFFE, 0xFFFF)]


class TestCharacters:
    """XML 1.0, 2.2: the code points that documents are encouraged to avoid, which KSeF refuses."""

    @pytest.mark.parametrize("write", [chr, lambda point: f"&#{point};", lambda point: f"&#x{point:x};"])
    @pytest.mark.parametrize("point", [0x7F, 0x84, 0x86, 0x9F, 0xFDD0, 0xFDDE, 0xFDEF, *PLANE_ENDS])
    def test_discouraged_ones(self, point: int, write: object) -> None:
        assert callable(write)
        said = refused(f"\n<a>{write(point)}</a>")
        assert f"U+{point:04X}. Linia 2." in said

    @pytest.mark.parametrize(
        "write", [chr, lambda point: f"&#{point};", lambda point: f"&#X{point:X};".replace("X", "x", 1)]
    )
    @pytest.mark.parametrize(
        "point", [0x7E, 0x85, 0xA0, 0x142, 0xFDCF, 0xFDF0, 0xFFFD, 0x1FFFD, 0x20000, 0x10FFFD]
    )
    def test_their_neighbours(self, point: int, write: object) -> None:
        assert callable(write)
        assert parse(f"<a>{write(point)}</a>".encode()).text == chr(point)

    def test_a_reference_beyond_unicode(self) -> None:
        assert refused("<a>&#x110000;</a>").startswith("Linia 1: ")

    def test_the_first_of_several_is_named(self) -> None:
        assert "U+0080. Linia 1." in refused("<a>\x80\n\x81</a>")
        assert "U+0080. Linia 2." in refused("<a>&#x142;\n&#128;\n&#129;</a>")
        all_of_them = "".join(map(chr, [0x7F, 0x80, 0xFDD0, *PLANE_ENDS]))
        assert "U+007F. Linia 1." in refused(f"<a>{all_of_them}</a>")
