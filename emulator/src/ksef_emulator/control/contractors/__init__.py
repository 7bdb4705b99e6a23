"""Made-up contractors who issue real FA(3) documents to whoever trains with the emulator."""
