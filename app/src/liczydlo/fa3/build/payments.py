"""Platnosc and Rozliczenie: how and when it is paid, and what else is to be paid or taken off."""

from __future__ import annotations

from decimal import Decimal

from liczydlo.fa3 import money
from liczydlo.fa3.draft import Payment, Settlement
from liczydlo.fa3.model import Platnosc, Rozliczenie


def payment(paying: Payment | None) -> Platnosc | None:
    """Payment in full excludes payment in parts: ValueError."""
    if paying is None:
        return None
    if paying.paid is not None and paying.parts:
        raise ValueError("paid in full or in parts")
    return Platnosc(
        zaplacono=1 if paying.paid is not None else None,
        data_zaplaty=paying.paid,
        znacznik_zaplaty_czesciowej=(2 if paying.settled_in_parts else 1) if paying.parts else None,
        zaplata_czesciowa=paying.parts,
        termin_platnosci=paying.terms,
        forma_platnosci=paying.form,
        platnosc_inna=1 if paying.other_form is not None else None,
        opis_platnosci=paying.other_form,
        rachunek_bankowy=paying.accounts,
        rachunek_bankowy_faktora=paying.factor_accounts,
        skonto=paying.early,
        link_do_platnosci=paying.link,
        ipksef=paying.ipksef,
    )


def settlement(beside: Settlement | None, amount: Decimal) -> Rozliczenie | None:
    """Charges and deductions with their sums, and what is left of ``amount`` (P_15) to be paid, or overpaid: as stated,
    or as they come to."""
    if beside is None:
        return None
    if (stated := beside.sums) is not None:
        return Rozliczenie(
            obciazenia=beside.charges,
            suma_obciazen=stated.charged,
            odliczenia=beside.deductions,
            suma_odliczen=stated.deducted,
            do_zaplaty=stated.due,
            do_rozliczenia=stated.overpaid,
        )
    charges = money.total(one.kwota for one in beside.charges)
    deductions = money.total(one.kwota for one in beside.deductions)
    due = money.total((amount, charges, -deductions))
    overpaid = due < 0
    return Rozliczenie(
        obciazenia=beside.charges,
        suma_obciazen=charges if beside.charges else None,
        odliczenia=beside.deductions,
        suma_odliczen=deductions if beside.deductions else None,
        do_zaplaty=due if beside.states_due and not overpaid else None,
        do_rozliczenia=-due if beside.states_due and overpaid else None,
    )
