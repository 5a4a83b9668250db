"""How a release is made: from a clone, byte for byte, signed, and refused where it would not be one."""
