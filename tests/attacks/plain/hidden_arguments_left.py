# story: The function leaves what it is called with in files, shared memory, the environment, a child and another thread.
# aim: secret
# stock: secret
# base: right

# %% first
import os
import queue
import subprocess
import threading

places = [f"{folder}/seen" for folder in (".", "/tmp", "/dev/shm", "/var/tmp", os.environ.get("TMPDIR", "/tmp"))]
child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
inbox, outbox = queue.Queue(), queue.Queue()
threading.Thread(target=lambda: [outbox.put(inbox.get()) for _ in range(100)], daemon=True).start()


def found():
    for place in places:
        try:
            print(open(place).read())
        except OSError:
            pass


found()

# %% triple
def triple(x):
    for place in places:
        try:
            with open(place, "a") as file:
                file.write(f"{x}\n")
        except OSError:
            pass
    os.environ["SEEN"] = os.environ.get("SEEN", "") + f" {x}"
    child.stdin.write(f"{x}\n".encode())
    inbox.put(x)
    return 3 * x

# %% last
found()
print(os.environ.get("SEEN"))
print(child.communicate()[0].decode())
while not outbox.empty():
    print(outbox.get())
