// in place of the built console
