# story: Shared memory of another process, by its name.
# aim: secret
# stock: secret

# %% last
from multiprocessing import shared_memory, resource_tracker

try:
    block = shared_memory.SharedMemory(known.shared)
    print(bytes(block.buf))
    resource_tracker.unregister(block._name, "shared_memory")
    block.close()
except OSError:
    pass
