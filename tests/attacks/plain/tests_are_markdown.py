# story: Test cells are handed in as markdown.
# aim: points
# stock: nothing: their type is restored
# prepare: tests_are_markdown


