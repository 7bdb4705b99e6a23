"""FA_RR(1): the invoice of a buyer for what a flat-rate farmer delivered (VAT RR, ustawa o VAT art. 116).

The buyer issues it and KSeF keeps it under the farmer's NIP. Pure: no Django. Schema ``schemat_FA_RR(1)_v1-1E.xsd``.
"""
