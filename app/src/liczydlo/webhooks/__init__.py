"""Webhooks: a firm's other programs are told of events by signed requests."""
