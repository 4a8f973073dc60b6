# story: An output in HTML, with a script, a handler, a frame and an image from elsewhere.
# aim: escape
# stock: escape

# %% last
from IPython.display import display

mark = known.mark

for text in (f"<script>{mark}</script>", f"<img src=x onerror={mark}>", f"<iframe srcdoc='<script>{mark}</script>'></iframe>",
             f"<img src='http://127.0.0.1:{known.port}/{mark}'>", f"<a href='javascript:{mark}'>x</a>",
             f"<form action=/ id={mark}><input name=score>", f"<base href=//127.0.0.1/{mark}>",
             f"<div style='position:fixed;inset:0'>{mark}</div>", f"<style>body{{background:url(//{mark})}}</style>"):
    display({"text/html": text}, raw=True)
    display({"text/html": text, "text/plain": "x"}, raw=True, metadata={"text/html": {"isolated": True}})
