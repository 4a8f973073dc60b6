# story: Outputs that are JavaScript by their type, and types of their own.
# aim: escape
# stock: escape

# %% last
from IPython.display import display

mark = known.mark

display({"application/javascript": f"{mark}"}, raw=True)
display({"text/vnd.mermaid": f"graph TD; A[<img src=x onerror={mark}>]"}, raw=True)
display({"application/vnd.jupyter.widget-view+json": {"model_id": f"</script><script>{mark}</script>"}}, raw=True)
display({f'text/html"><script>{mark}</script>': f"<script>{mark}</script>"}, raw=True)
