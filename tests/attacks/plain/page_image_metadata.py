# story: An image whose width, height and description leave their attributes.
# aim: escape
# stock: escape

# %% last
from IPython.display import display

mark = known.mark

pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
odd = {"width": f"1 onload={mark}", "height": f"1 onload={mark}", "alt": f'x" onload="{mark}'}
display({"image/png": pixel}, raw=True, metadata={"image/png": odd})
display({"image/jpeg": pixel}, raw=True, metadata={"image/jpeg": odd})
