"""Files to parts: what a file is, unpacked, decoded, cut into rows of text cells."""
