"""Whose a NIP is in this installation: whoever logs in to KSeF for it first, in each environment.

A firm that has not logged in blocks nobody, so that typing a NIP takes it from no one. A login proves it: KSeF lets in
only the firm itself and whom it gave a permission.
"""

from __future__ import annotations

from liczydlo.companies.models import Company, Membership, ProvedNip, Role


class NipTaken(Exception):
    """Another company of this installation has proved the NIP; ``owners`` are its owners' names."""

    def __init__(self, owners: str) -> None:
        """``owners`` is for people."""
        super().__init__(owners)
        self.owners = owners


def claim(company: Company) -> None:
    """Keep the company's NIP in its environment after a login to KSeF, in the caller's transaction.

    Of two at the same moment the database lets one in; the other waits for its end. Raises NipTaken.
    """
    proved, _ = ProvedNip.objects.get_or_create(
        nip=company.nip, environment=company.environment, defaults={"company": company}
    )
    if proved.company_id != company.pk:
        owners = Membership.objects.filter(company=proved.company_id, role=Role.OWNER).select_related("user")
        raise NipTaken(", ".join(str(one.user) for one in owners.order_by("pk")) or "–")
