# story: Every test cell says that it is worth a thousand points.
# aim: points
# stock: nothing: the points are restored
# prepare: more_points


