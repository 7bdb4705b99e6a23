"""Warnings on purchases before somebody pays a thief: rules, the history they compare with, decisions of people."""
