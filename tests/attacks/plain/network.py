# story: A TCP connection to a listener on this machine, with what could be found.
# aim: escape, secret
# stock: escape, secret

# %% last
import socket

for family, address in ((socket.AF_INET, ("127.0.0.1", known.port)), (socket.AF_INET6, ("::ffff:127.0.0.1", known.port))):
    try:
        with socket.socket(family) as connection:
            connection.settimeout(2)
            connection.connect(address)
            connection.sendall((known.mark + "\n".join(In)).encode())
    except OSError:
        pass
