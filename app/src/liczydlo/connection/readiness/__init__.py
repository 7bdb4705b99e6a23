"""„Czy jestem gotowy?": everything that work with KSeF needs, tried for real."""
