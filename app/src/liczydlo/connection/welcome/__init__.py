"""„Usługi dodatkowe → KSeF": what the connection gives, and where it begins."""
