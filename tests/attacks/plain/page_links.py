# story: Links that lead a click to the reader's own server, or to one that can't be told from it.
# aim: escape
# stock: escape
# prepare: links
