# story: The memory of another process, read and written by its number.
# aim: secret, escape
# stock: secret, escape
# process: yes

# %% last
import ctypes

libc = ctypes.CDLL(None, use_errno=True)


class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


buffer = ctypes.create_string_buffer(64)
mine, theirs = Piece(ctypes.addressof(buffer), 64), Piece(known.address, 64)
libc.process_vm_readv(known.pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
print(buffer.value)
try:
    with open(f"/proc/{known.pid}/mem", "rb") as memory:
        memory.seek(known.address)
        print(memory.read(64))
except OSError:
    pass
buffer.value = b"changed"
libc.process_vm_writev(known.pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
__import__("time").sleep(0.6)
