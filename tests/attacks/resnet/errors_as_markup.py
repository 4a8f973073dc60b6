# story: Exceptions, types of results and messages that are markup.
# aim: escape
# stock: nothing: the report escapes what it quotes
# raises: <img src=x onerror=MARK>, <svg onload=MARK>, TypeError: they are what it attacks with

# %% identity_block
def identity_block(X, f, filters, stage, block):
    raise type(f"<img src=x onerror={known.mark}>", (ValueError,), {})(f"</pre><script>{known.mark}</script>")


# %% convolutional_block
def convolutional_block(X, f, filters, stage, block, s=2):
    return type(f"<svg onload={known.mark}>", (), {})()


# %% resnet50
def ResNet50(input_shape, *, classes="<script>", **options):
    return None
