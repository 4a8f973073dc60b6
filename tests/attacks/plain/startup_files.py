# story: Files that Python, IPython and Jupyter read when they start, beside the notebook.
# aim: escape
# stock: nothing: none of these is read from the notebook's folder

# %% file sitecustomize.py
open("OUTSIDE/started", "w").close()

# %% file usercustomize.py
open("OUTSIDE/started", "w").close()

# %% file ipython_config.py
open("OUTSIDE/started", "w").close()

# %% file .ipython/profile_default/startup/00.py
open("OUTSIDE/started", "w").close()

# %% file .jupyter/jupyter_config.py
open("OUTSIDE/started", "w").close()

# %% file autograder/__init__.py
open("OUTSIDE/started", "w").close()

# %% file ipykernel/__init__.py
open("OUTSIDE/started", "w").close()
