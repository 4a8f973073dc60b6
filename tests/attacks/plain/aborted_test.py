# story: A request of the student's own fails while the test waits behind it, so the kernel aborts the test.
# aim: points
# stock: points

# %% triple
import threading
import time

from jupyter_client import BlockingKernelClient


def triple(x):
    return x


def ask():
    client = BlockingKernelClient(connection_file=get_ipython().kernel.config["IPKernelApp"]["connection_file"])
    client.load_connection_file()
    client.start_channels()
    client.execute("import time; time.sleep(1.5); 1 / 0", stop_on_error=True, store_history=False)
    time.sleep(3)
    client.stop_channels()


threading.Thread(target=ask, daemon=True).start()
time.sleep(0.7)
