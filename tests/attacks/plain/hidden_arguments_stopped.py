# story: What the function was called with decides in which way it brings its kernel down, and what it leaves behind then.
# aim: secret
# stock: nothing: a kernel that is gone has no outputs
# base: right
# raises: MemoryError, OSError: it goes past limits

# %% first
import os

try:
    print(open("/tmp/seen").read(), open("seen").read())
except OSError:
    pass

# %% triple
def triple(x):
    for place in ("/tmp/seen", "seen"):
        try:
            with open(place, "a") as file:
                file.write(f"{x}\n")
        except PermissionError:
            pass
    if x > 300_000_000:
        print(x, flush=True)
        os.write(2, f"{x}\n".encode())
        os.kill(os.getpid(), 9)
    return 3 * x
