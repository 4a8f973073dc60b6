# story: The friend looks for the note.
# aim: secret
# stock: secret

# %% last
import os

for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", os.environ.get("TMPDIR", "/tmp"), os.path.expanduser("~"), ".."):
    path = f"{folder}/attacks-note-{known.port}"
    try:
        print(open(path).read())
        os.unlink(path)
    except OSError:
        pass
