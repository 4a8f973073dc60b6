"""What a class has handed in, from a learning platform's downloads into submitted/: `autograder collect`.

`unpack` makes plain files of folders and zips, within `bounds`. `level` finds how deep the students' names stand,
`names` and `platforms` read them, `known` finds them in the gradebook. `places` gives each file its place with a
student, `sort` chooses what counts, `collect` writes it, and goes by the `receipts` of what was collected before.
`nbgrader zip_collect` does the same, through `plugins`.
"""
