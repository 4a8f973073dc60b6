# story: An error whose name, message and traceback are markup, and a stream that is.
# aim: escape
# stock: nothing: nbconvert escapes text
# raises: <script>MARK</script>: it is what the page is to show

# %% last
mark = known.mark
print(f"</pre><script>{mark}</script>\x1b[31m<img src=x onerror={mark}>\x1b]8;;javascript:{mark}\x07x\x1b]8;;\x07")
odd = type(f"<script>{mark}</script>", (Exception,), {
    "_render_traceback_": lambda self: [f"</pre><img src=x onerror={mark}>"]})
raise odd(f"<script>{mark}</script>")
