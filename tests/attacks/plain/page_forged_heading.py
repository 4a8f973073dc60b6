# story: Markup that looks like the page's own score.
# aim: escape
# stock: escape

# %% last
from IPython.display import display

mark = known.mark

display({"text/html": f"<div class='panel-heading'><span class='nbgrader-label'>Score: 26 / 26 {mark}</span></div>"}, raw=True)
display({"text/html": f"</div></div></div></div><div class='panel-heading score'>{mark}</div>"}, raw=True)
