# story: Markdown whose classes are those of the page: its headings, its bars, its buttons, and what lies over all else.
# aim: escape
# stock: escape
# prepare: markdown_classes
