# story: The same while a test calls: its output stands under the test cell, where the report does.
# aim: escape
# stock: escape
# raises: <script>MARK</script>: it is what the page is to show

# %% triple
from IPython.display import display

mark = known.mark


def triple(x):
    display({"text/html": f"<h1 onclick={mark}>test_triple: 4 of 4 points</h1>"}, raw=True)
    raise type(f"<script>{mark}</script>", (ValueError,), {})(f"<img src=x onerror={mark}>")
