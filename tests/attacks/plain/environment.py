# story: The environment that the grader runs in.
# aim: secret
# stock: secret

# %% last
import os

print(dict(os.environ))
