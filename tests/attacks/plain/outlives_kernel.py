# story: A process that goes on after its kernel has ended, and writes a file then.
# aim: escape
# stock: escape

# %% last
import subprocess
import sys

code = """
import os, sys, time
parent = os.getppid()
for _ in range(100):
    time.sleep(0.1)
    if os.getppid() != parent:
        time.sleep(0.2)
        open(sys.argv[1], "w").close()
        break
"""
subprocess.Popen([sys.executable, "-c", code, known.outside + "/outlived"], start_new_session=True,
                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
