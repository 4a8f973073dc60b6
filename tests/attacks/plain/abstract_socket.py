# story: An abstract socket, which no file permission protects.
# aim: escape
# stock: escape

# %% last
import socket

with socket.socket(socket.AF_UNIX) as connection:
    try:
        connection.connect("\0" + known.abstract)
        connection.sendall(known.mark.encode())
    except OSError:
        pass
