# story: An output in Markdown and LaTeX that holds HTML.
# aim: escape
# stock: escape

# %% last
from IPython.display import display

mark = known.mark

display({"text/markdown": f"<img src=x onerror='{mark}'> [x](javascript:{mark})"}, raw=True)
display({"text/latex": f"$$</div><script>{mark}</script>$$"}, raw=True)
