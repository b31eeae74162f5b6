"""Files by CID: stores and gateways behind one seam, and pins that keep files available."""
