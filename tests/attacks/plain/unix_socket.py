# story: A socket in the file system.
# aim: escape
# stock: escape

# %% last
import socket

with socket.socket(socket.AF_UNIX) as connection:
    try:
        connection.connect(known.path)
        connection.sendall(known.mark.encode())
    except OSError:
        pass
