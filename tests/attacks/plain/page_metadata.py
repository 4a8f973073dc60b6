# story: The notebook's title, language and widgets are markup.
# aim: escape
# stock: nothing: its own pages show none of these, or escaped
# prepare: notebook_metadata


