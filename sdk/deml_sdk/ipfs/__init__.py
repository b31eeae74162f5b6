"""Files by CID: stores and gateways behind one interface, and pins that keep files available."""
