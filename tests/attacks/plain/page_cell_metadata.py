# story: Tags, comments and names of cells are markup.
# aim: escape
# stock: nothing: nbconvert escapes tags, and nbgrader takes comments from the gradebook
# prepare: cell_metadata


