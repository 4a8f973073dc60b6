# story: Code that runs when the kernel ends.
# aim: escape
# stock: escape

# %% last
import atexit
import threading

atexit.register(lambda: open(known.outside + "/at exit", "w").close())
threading._register_atexit(lambda: open(known.outside + "/thread at exit", "w").close())
