"""Made-up contractors who issue real documents of every kind to whoever trains with the emulator."""
