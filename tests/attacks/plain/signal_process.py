# story: A signal to another process, by its number.
# aim: escape
# stock: escape
# process: yes

# %% last
import os
import signal
import time

for send in (lambda: os.kill(known.pid, signal.SIGUSR1),
             lambda: signal.pidfd_send_signal(os.pidfd_open(known.pid), signal.SIGUSR1)):
    try:
        send()
    except OSError:
        pass
time.sleep(0.2)
