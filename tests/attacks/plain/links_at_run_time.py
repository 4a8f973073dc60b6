# story: Links made while the notebook runs, for whoever copies the folder afterwards.
# aim: secret, escape
# stock: secret, escape

# %% last
import os

places = {
    "b.txt": known.course + "/source/plain/plain.ipynb",
    "c.txt": known.course + "/submitted/ada/plain/plain.ipynb",
    "d.txt": known.outside + "/secret.txt",
    "e.txt": known.outside + "/mode.txt",
    "folder": known.outside,
}
for name, target in places.items():
    try:
        os.symlink(target, name)
    except OSError:
        pass
