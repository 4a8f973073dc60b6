# exercise: convolutional_block
# title: reduce over a path's layers, and over the two paths

import functools, operator
def convolutional_block(X, f, filters, stage, block, s=2):
    F = list(filters)
    kw = lambda tag: dict(name=f'res{stage}{block}_branch{tag}', kernel_initializer=glorot_uniform(seed=0))
    bn = lambda tag: BatchNormalization(axis=3, name=f'bn{stage}{block}_branch{tag}')
    main = functools.reduce(lambda t, g: g(t), [Conv2D(F[0], 1, s, **kw('2a')), bn('2a'), layers.ReLU(), Conv2D(F[1], f, padding='SAME', **kw('2b')), bn('2b'), layers.ReLU(), Conv2D(F[2], 1, **kw('2c')), bn('2c')], X)
    skip = bn('1')(Conv2D(F[2], 1, s, **kw('1'))(X))
    return layers.ReLU()(functools.reduce(operator.add, [main, skip]))
