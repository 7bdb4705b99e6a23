"""JPK files that a tax office may demand, made of documents: ``invoices`` is JPK_FA(4). Without Django.

The Ministry's schema comes with no installed package, and it is not ours to carry; tests compare with it where it is.
"""
