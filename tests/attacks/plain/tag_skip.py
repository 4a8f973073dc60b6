# story: A tag on the test cells tells nbclient to skip them.
# aim: points
# stock: points
# prepare: skip_execution


