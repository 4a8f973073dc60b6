# story: Open files and memory that the kernel inherited from whoever started it.
# aim: secret
# stock: nothing: it starts kernels with all files closed

# %% last
import ctypes
import os
import re

for fd in os.listdir("/proc/self/fd"):
    try:
        print(fd, os.readlink(f"/proc/self/fd/{fd}"))
        print(re.findall(rb"marker-[-\w]+|environment-\w+|outside-\w+", os.pread(int(fd), 2**22, 0)))
    except OSError:
        pass
wanted = re.compile(rb"(?:marker-\w+|environment|shared|friend)-[0-9a-f]{8,}")
with open("/proc/self/maps") as maps:
    for line in maps:
        start, end = (int(part, 16) for part in line.split()[0].split("-"))
        if "rw-p" in line and end - start < 2**26:
            try:
                for found in set(wanted.findall(ctypes.string_at(start, end - start))):
                    if b"environment-" not in found:
                        print(found)
            except (OSError, ValueError):
                pass
