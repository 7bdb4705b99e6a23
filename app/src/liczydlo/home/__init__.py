"""„Pulpit": what waits for a person in a company, over all features."""
