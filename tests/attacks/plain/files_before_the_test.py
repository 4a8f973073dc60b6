# story: A cell writes modules, configuration and a folder beside the notebook before any test has run.
# aim: points, escape
# stock: nothing: the test has imported all of it before

# %% first
import os

os.makedirs("numpy", exist_ok=True)
for name in ("json.py", "statistics.py", "conftest.py", "pytest.ini", "numpy/__init__.py", "numpy/out.csv", "x.pth"):
    with open(name, "w") as file:
        file.write("open('OUTSIDE/imported', 'w')\n")
os.symlink("/etc/passwd", "expected.txt")
