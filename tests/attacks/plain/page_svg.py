# story: Pictures with scripts in them.
# aim: escape
# stock: escape

# %% last
from IPython.display import display

mark = known.mark

svg = f"<svg xmlns='http://www.w3.org/2000/svg' onload='{mark}'><script>{mark}</script></svg>"
display({"image/svg+xml": svg}, raw=True)
display({"text/html": svg}, raw=True)
display({"image/png": f'AA" onerror="{mark}" x="'}, raw=True)
