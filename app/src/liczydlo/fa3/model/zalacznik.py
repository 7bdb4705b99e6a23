"""Zalacznik: the structured attachment (allowed in batch sessions, after a declaration)."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, kw_only=True, slots=True)
class MetaDane:
    """A key and value of a block."""

    z_klucz: Annotated[str, "ZKlucz"]
    z_wartosc: Annotated[str, "ZWartosc"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tekst:
    """Up to ten paragraphs."""

    akapit: Annotated[tuple[str, ...], "Akapit"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MetaDaneTabeli:
    """A key and value of a table."""

    t_klucz: Annotated[str, "TKlucz"]
    t_wartosc: Annotated[str, "TWartosc"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kolumna:
    """A column's heading and type."""

    n_kom: Annotated[str, "NKom"]
    typ: Annotated[str, "@Typ"]  # date, datetime, dec, int, time, txt


@dataclass(frozen=True, kw_only=True, slots=True)
class NaglowekTabeli:
    """The headings of a table."""

    kol: Annotated[tuple[Kolumna, ...], "Kol"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class WierszTabeli:
    """A row of a table; a cell may be empty."""

    w_kom: Annotated[tuple[str, ...], "WKom"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SumaTabeli:
    """The row of totals."""

    s_kom: Annotated[tuple[str, ...], "SKom"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Tabela:
    """A table."""

    t_meta_dane: Annotated[tuple[MetaDaneTabeli, ...], "TMetaDane"] = ()
    opis: Annotated[str | None, "Opis"] = None
    t_naglowek: Annotated[NaglowekTabeli, "TNaglowek"]
    wiersz: Annotated[tuple[WierszTabeli, ...], "Wiersz"] = ()
    suma: Annotated[SumaTabeli | None, "Suma"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BlokDanych:
    """A block: heading, keys, text and tables."""

    z_naglowek: Annotated[str | None, "ZNaglowek"] = None
    meta_dane: Annotated[tuple[MetaDane, ...], "MetaDane"] = ()
    tekst: Annotated[Tekst | None, "Tekst"] = None
    tabela: Annotated[tuple[Tabela, ...], "Tabela"] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Zalacznik:
    """The attachment."""

    blok_danych: Annotated[tuple[BlokDanych, ...], "BlokDanych"] = ()
