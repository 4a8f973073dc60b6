# story: What another student has handed in.
# aim: secret
# stock: secret

# %% last
import glob

for path in glob.glob(known.course + "/submitted/*/plain/*.ipynb") + glob.glob("../../*/plain/*.ipynb"):
    if "ada" in path:
        print(open(path).read())
