"""What pages show that the code knows: words for figures, tables of keys, the gallery."""
