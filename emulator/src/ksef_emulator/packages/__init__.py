"""Packages of an export: an archive made as it grows, cut into parts, each part encrypted by itself."""
