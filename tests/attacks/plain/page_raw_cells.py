# story: Raw cells with HTML in them.
# aim: escape
# stock: nothing: nbconvert cleans them, or leaves them out
# prepare: raw_cells
