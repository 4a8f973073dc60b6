# story: Formulas that become links, ids and classes once they are typeset, beside files for the links to lead to.
# aim: escape
# stock: escape
# prepare: formulas
# raises: ValueError: it is what the page is to show

# %% file nbgrader_config.py
# A link to /formgrader/?path=... runs this in the instructor's Jupyter server. It is MARKED.
c = get_config()

# %% file index.html
<script>document.title = "MARKED"; fetch("/api/kernels")</script>

# %% file drawn.svg
<svg xmlns="http://www.w3.org/2000/svg" onload="document.title = 'MARKED'"/>

# %% last
raise ValueError(r"$\href{http:/formgrader/?path=%s}{\text{why}}$" % known.mark)
