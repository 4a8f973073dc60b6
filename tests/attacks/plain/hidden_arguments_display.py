# story: What an earlier cell has shown is updated with what the function is called with.
# aim: secret
# stock: secret
# base: right

# %% first
from IPython.display import display

handle = display("nothing yet", display_id=True)
first_parent = get_ipython().kernel.get_parent()

# %% triple
def triple(x):
    handle.update(f"called with {x}")
    kernel = get_ipython().kernel
    for kind in ("display_data", "stream", "execute_result", "comm_msg", "error"):
        content = {"data": {"text/plain": f"{x}"}, "metadata": {}, "name": "stdout", "text": f"{x}", "comm_id": "c",
                   "execution_count": 1, "ename": f"{x}", "evalue": f"{x}", "traceback": [f"{x}"]}
        kernel.session.send(kernel.iopub_socket, kind, content, parent=first_parent)
    return 3 * x

# %% last
handle
