# story: Markdown cells with HTML in them.
# aim: escape
# stock: escape
# prepare: markdown


