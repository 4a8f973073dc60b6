# story: Files with odd names: options, patterns, formats, ways up, names of nbgrader's own.
# aim: points, escape
# stock: nothing: it copies them as they are
# prepare: odd_file_names


