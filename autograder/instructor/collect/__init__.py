"""What a class has handed in, from a learning platform's downloads into submitted/: `autograder collect`.

`unpack` makes plain files of folders and zips, `names` reads whose each is, `known` finds them in the gradebook,
`sort` chooses what counts, `collect` writes it. `nbgrader zip_collect` goes by the same rules, through `plugins`.
"""
