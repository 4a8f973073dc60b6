# story: Files outside are changed, made, and made readable.
# aim: escape
# stock: escape

# %% last
import os

for act in (lambda: open(known.outside + "/target.txt", "a").write("changed"),
            lambda: open(known.outside + "/made", "x").close(),
            lambda: os.chmod(known.outside + "/mode.txt", 0o666),
            lambda: os.truncate(known.outside + "/target.txt", 0),
            lambda: os.mkdir(known.outside + "/folder")):
    try:
        act()
    except OSError:
        pass
