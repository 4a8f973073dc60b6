# story: Messages of many kinds on every channel, all signed with the kernel's key.
# aim: points
# stock: points

# %% first
def everything():
    kernel = get_ipython().kernel
    parent = kernel.get_parent()
    identity = kernel._shell_parent_ident.get() if hasattr(kernel, "_shell_parent_ident") else []
    data = {"data": {"text/plain": "4.0"}, "metadata": {}, "execution_count": 1, "transient": {"display_id": "d"}}
    reply = {"status": "ok", "execution_count": 1, "user_expressions": {},
             "payload": [{"source": "set_next_input", "text": "4.0", "replace": True}]}
    comm = {"comm_id": "c", "target_name": "of.mine", "data": {"state": {"_model_name": "OutputModel"}}}
    messages = {
        "iopub_socket": [("clear_output", {"wait": False}), ("execute_result", data), ("display_data", data),
                         ("update_display_data", data), ("comm_open", comm), ("comm_msg", comm), ("comm_close", comm),
                         ("execute_reply", reply), ("input_request", {"prompt": "4.0", "password": False})],
        "stdin_socket": [("input_request", {"prompt": "4.0", "password": False})],
        "control_socket": [("shutdown_reply", {"restart": True, "status": "ok"})],
        "shell_socket": [("execute_reply", reply)],
    }
    for name, several in messages.items():
        socket = getattr(kernel, name, None)
        for kind, content in several if socket is not None else ():
            try:
                kernel.session.send(socket, kind, content, parent=parent, ident=identity)
            except Exception:
                pass


# %% triple
def triple(x):
    everything()
    return x
