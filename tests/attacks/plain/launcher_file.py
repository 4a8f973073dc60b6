# story: A file has the name of the program that starts a kernel.
# aim: escape
# stock: escape

# %% file ipykernel_launcher.py
import sys

open("OUTSIDE/launched", "w").close()
sys.path.pop(0)
from ipykernel import kernelapp

kernelapp.launch_new_instance()
