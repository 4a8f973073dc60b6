# story: Tags on the test cells say that they may raise, and that nobody needs their output.
# aim: points
# stock: nothing: an error is an error
# prepare: raises_exception


