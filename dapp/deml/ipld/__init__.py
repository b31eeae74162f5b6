"""Layer 1: content addressing. CIDs and CARs in and out; bytes become a file only when every block matches its CID."""

from deml.ipld.cid import Cid
from deml.ipld.reader import read_file
from deml.ipld.transport import pack, unpack
from deml.ipld.writer import file_car, file_cid

__all__ = ["Cid", "file_car", "file_cid", "pack", "read_file", "unpack"]
