# story: One picture that is shown 400 times, and pictures of a few bytes and very many pixels.
# aim: escape
# stock: escape
# prepare: pictures

# %% last
import struct
import zlib

from IPython.display import Image, display


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


side = 12_000
lines = zlib.compress(bytes(side // 8 + 1) * side, 9)
header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
large = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
for number in range(3):
    display(Image(large))
open("large.png", "wb").write(large)
