"""„Połącz w 3 krokach": one signature, and the program gets both certificates itself."""
